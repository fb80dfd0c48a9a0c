-- due: what is due, the oldest first.
--
-- KEYS  1 deadlines, 2 orders, 3 sales
-- ARGV  1 at most how many, 2 at most how many orders of a cancelled sale at once
--
-- Returns lists: {'sale', id}, {'lottery', id}, {'costs', id}, or 'orders' and the words of each order

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function orders_of(ids)
  local told = redis.call('HMGET', KEYS[2], unpack(ids))
  for i = 1, #ids do
    told[i] = told_of(ids[i], told[i])
  end
  return told
end

local things = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int[now], 'LIMIT', 0, ARGV[1])
local reply = {}
for i = 1, #things do
  local kind, id = string.match(things[i], '^(%S+) (.*)$')
  if kind == 'order' then
    reply[i] = {kind, orders_of({id})[1]}
  elseif kind == 'orders' then
    local sale = read_standing({}, redis.call('HGET', KEYS[3], id))
    local ids = {}
    for n = sale.unwound + 1, math.min(sale.orders, sale.unwound + tonumber(ARGV[2])) do
      ids[#ids + 1] = id .. '-' .. int[n]
    end
    reply[i] = orders_of(ids)
    table.insert(reply[i], 1, kind)
  else
    reply[i] = {kind, id}
  end
end
return reply
