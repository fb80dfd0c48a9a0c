-- orders: a page of orders, the oldest first, or of one viewer the newest first.
--
-- KEYS  1 orders, 2 sales, 3 log of orders, 4 last orders
-- ARGV  1 cursor of the page before, empty for the first, 2 at most how many, 3 a viewer or empty,
--       4 a sale or empty
--
-- Returns {cursor or '' at the end, words of an order, ...}

local LOOKED_AT = 2000 -- orders for a page: one that finds few still ends

local cursor, limit, viewer, sale = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local reply = {''}

local function add(id, text)
  reply[#reply + 1] = told_of(id, text)
end

-- A viewer's orders name each other, backwards. The cursor is the next one.
if viewer ~= '' then
  local id = cursor ~= '' and cursor or redis.call('HGET', KEYS[4], viewer) or '-'
  for _ = 1, LOOKED_AT do
    local text = id ~= '-' and redis.call('HGET', KEYS[1], id)
    local order = text and read_order(id, text)
    if not order or order.viewer ~= viewer then
      return reply
    end
    if sale == '' or is_of_sale(id, sale) then
      if #reply > limit then
        break
      end
      add(id, text)
    end
    id = order.before
  end
  reply[1] = id ~= '-' and id or ''
  return reply
end

-- Else the cursor is how many there are before the page: of a sale, whose orders are numbered, or
-- of the room, which has a log of them.
local from = tonumber(string.match(cursor, '^%d+$') or 0)
local ids, count = {}, 0
if sale ~= '' then
  local standing = redis.call('HGET', KEYS[2], sale)
  count = standing and read_standing({}, standing).orders or 0
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
reply[1] = #ids > 0 and next < count and int[next] or ''
return reply
