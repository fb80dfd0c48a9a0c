-- due: what is due, the oldest first.
--
-- KEYS  1 deadlines, 2 orders, 3 sales
-- ARGV  1 at most how many, 2 at most how many orders of a cancelled sale at once
--
-- Returns lists: {'sale', id}, {'lottery', id}, {'costs', id}, {'order', its words}, or 'orders' and
-- the words of each

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- Adds an order's words to a list; one that is damaged must not keep all others waiting.
local function add_order(list, id)
  local text = redis.call('HGET', KEYS[2], id)
  if text then
    list[#list + 1] = told_of(id, text)
  end
end

local things = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int[now], 'LIMIT', 0, ARGV[1])
local reply = {}
for i = 1, #things do
  local kind, id = string.match(things[i], '^(%S+) (.*)$')
  local thing = {kind}
  if kind == 'order' then
    add_order(thing, id)
  elseif kind == 'orders' then
    local sale = read_standing({}, redis.call('HGET', KEYS[3], id))
    for n = sale.unwound + 1, math.min(sale.orders, sale.unwound + tonumber(ARGV[2])) do
      add_order(thing, id .. '-' .. int[n])
    end
  else
    thing[2] = id
  end
  if #thing > 1 then
    reply[#reply + 1] = thing
  end
end
return reply
