-- orders: a page of orders, oldest first.
--
-- KEYS  1 orders, 2 sales, 3 a list of ids: the log of the room, or a viewer's
-- ARGV  1 the cursor of the page before, 0 for the first, 2 at most how many, 3 a sale or '',
--       4 whether it is a viewer's list
--
-- Returns {cursor or 0 at the end, {words of an order, ...}}

local SLICE = 500
local SLICES = 10 -- looked through for a page: one that finds little still ends

local at, limit, sale = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]

-- All orders of a sale are known by their numbers; no list is needed.
if sale ~= '' and ARGV[4] ~= 'true' then
  local standing = redis.call('HGET', KEYS[2], sale)
  local count = standing and read_standing({}, standing).orders or 0
  local ids = {}
  for n = at + 1, math.min(count, at + limit) do
    ids[#ids + 1] = sale .. '-' .. int[n]
  end
  local next = at + #ids
  return {next < count and next or 0, orders_told(KEYS[1], ids)}
end

local length = redis.call('LLEN', KEYS[3])
local found = {}
for _ = 1, SLICES do
  local ids = redis.call('LRANGE', KEYS[3], int[at], int[at + SLICE - 1])
  for i = 1, #ids do
    if #found < limit then
      at = at + 1
      if sale == '' or string.sub(ids[i], 1, #sale + 1) == sale .. '-' then
        found[#found + 1] = ids[i]
      end
    end
  end
  if #found == limit or at >= length then
    break
  end
end
return {at < length and at or 0, orders_told(KEYS[1], found)}
