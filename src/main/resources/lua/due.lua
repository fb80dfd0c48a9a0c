-- due: what is due, the oldest first. What cannot be settled, because it cannot be read, is passed over
-- for a while, so that it keeps nothing else waiting.
--
-- KEYS  1 deadlines, 2 orders, 3 sales, 4 what is due and cannot be settled,
--       5 one that never is (Keys.java)
-- ARGV  1 at most how many, 2 at most how many orders of a cancelled sale at once
--
-- Returns lists: {'sale', id}, {'lottery', id}, {'costs', id}, {'order', its words}, or 'orders' and
-- the words of each; then {'unreadable', key, field, ...}, if there is any

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function words_of(id)
  return told_of(id, redis.call('HGET', KEYS[2], id))
end

local function pass_over(thing, key, field)
  local since = tonumber(redis.call('ZSCORE', KEYS[4], thing) or now)
  redis.call('ZADD', KEYS[4], int[since], thing)
  redis.call('ZADD', KEYS[1], int[now + unreadable.pause_ms(now - since)], thing)
  unreadable.note(key, field)
end

local things = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int[now], 'LIMIT', 0, ARGV[1])
local reply = {}
for i = 1, #things do
  local kind, id = string.match(things[i], '^(%S+) (%S+)$')
  local thing = {kind}
  if kind == 'order' then
    thing[2] = words_of(id)
    if not thing[2] then
      pass_over(things[i], KEYS[2], id)
    end
  elseif kind == 'orders' then
    local sale = read_standing({}, redis.call('HGET', KEYS[3], id))
    if sale then
      for n = sale.unwound + 1, math.min(sale.orders, sale.unwound + tonumber(ARGV[2])) do
        local order = id .. '-' .. int[n]
        -- Of one that cannot be read the commit sees that it is passed over, and the next one's turn.
        thing[#thing + 1] = words_of(order) or order .. ' - 1 0 XXX reserved 0'
      end
    end
    if #thing == 1 then
      pass_over(things[i], KEYS[3], id)
    end
  elseif kind == 'sale' or kind == 'lottery' or kind == 'costs' then
    thing[2] = id
  else
    pass_over(things[i], KEYS[1], things[i])
  end
  if #thing > 1 then
    reply[#reply + 1] = thing
  end
end
if #unreadable.found > 0 then
  table.insert(unreadable.found, 1, 'unreadable')
  reply[#reply + 1] = unreadable.found
end
return reply
