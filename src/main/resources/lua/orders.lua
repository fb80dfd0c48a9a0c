-- orders: a page of orders, the oldest first, or of one viewer the newest first.
--
-- KEYS  1 orders, 2 sales, 3 log of orders, 4 last orders
-- ARGV  1 cursor of the page before, empty for the first, 2 at most how many, 3 a viewer or empty,
--       4 a sale or empty
--
-- Returns {cursor or '' at the end, words of an order, ...}; then {key, field, ...} of those that could
-- not be read and are left out

local LOOKED_AT = 2000 -- orders for a page: one that finds few still ends

local cursor, limit, viewer, sale = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local reply = {''}

local function add(id, text)
  local words = told_of(id, text)
  if words then
    reply[#reply + 1] = words
  else
    unreadable.note(KEYS[1], id)
  end
end

local function whole(cursor_of_next)
  reply[1] = cursor_of_next
  if #unreadable.found > 0 then
    reply[#reply + 1] = unreadable.found
  end
  return reply
end

-- A viewer's orders name each other, backwards. The cursor is the next one.
if viewer ~= '' then
  local id = cursor ~= '' and cursor or redis.call('HGET', KEYS[4], viewer) or '-'
  for _ = 1, LOOKED_AT do
    local text = id ~= '-' and redis.call('HGET', KEYS[1], id)
    local order = text and read_order(id, text)
    if text and not order then
      unreadable.note(KEYS[1], id)
    end
    if not order or order.viewer ~= viewer then
      return whole('')
    end
    if sale == '' or is_of_sale(id, sale) then
      if #reply > limit then
        break
      end
      add(id, text)
    end
    id = order.before
  end
  return whole(id ~= '-' and id or '')
end

-- Else the cursor is how many there are before the page: of a sale, whose orders are numbered, or
-- of the room, which has a log of them.
local from = tonumber(string.match(cursor, '^%d+$') or 0)
local ids, count = {}, 0
if sale ~= '' then
  local standing = redis.call('HGET', KEYS[2], sale)
  local counted = standing and read_standing({}, standing)
  if standing and not counted then
    unreadable.note(KEYS[2], sale)
  end
  count = counted and counted.orders or 0
  for n = from + 1, math.min(count, from + limit) do
    ids[#ids + 1] = sale .. '-' .. int[n]
  end
else
  count = redis.call('LLEN', KEYS[3])
  if from < count then
    ids = redis.call('LRANGE', KEYS[3], int[from], int[from + limit - 1])
  end
end
for i = 1, #ids do
  add(ids[i], redis.call('HGET', KEYS[1], ids[i]))
end
local next = from + #ids
return whole(#ids > 0 and next < count and int[next] or '')
