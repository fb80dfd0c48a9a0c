-- due: what is due, the oldest first. What cannot be settled, because it cannot be read, is passed over
-- for a while, so that it keeps nothing else waiting.
--
-- KEYS  1 deadlines, 2 orders, 3 sales, 4 what is due and cannot be settled,
--       5 one that never is (Keys.java)
-- ARGV  1 at most how many, 2 at most how many orders of a cancelled sale at once, 3 kinds of activities
--       that the caller carries, each with a space on both sides. What is due of other kinds, those of a
--       later release, is left to nodes that carry them: one of it is returned, so that the caller looks
--       again
--
-- Returns lists: {'sale', id}, {'lottery', id}, {'costs', id}, {KIND, id} of an activity, {'order', its
-- words}, or 'orders' and the words of each; then {'unreadable', key, field, ...}, if there is any

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

local function is_carried(kind)
  return string.find(ARGV[3], ' ' .. kind .. ' ', 1, true)
end

local reply = {}
local left_to_others

local function settle(of)
  local kind, id = string.match(of, '^(%S+) (%S+)$')
  local thing = {kind}
  if kind == 'order' then
    thing[2] = words_of(id)
    if not thing[2] then
      pass_over(of, KEYS[2], id)
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
      pass_over(of, KEYS[3], id)
    end
  elseif kind == 'sale' or kind == 'lottery' or kind == 'costs' or kind and is_carried(kind) then
    thing[2] = id
  elseif kind and string.find(kind, '^%l+$') then
    left_to_others = {kind, id}
  else
    pass_over(of, KEYS[1], of)
  end
  if #thing > 1 then
    reply[#reply + 1] = thing
  end
end

-- What is left to others does not hide what comes after it.
local from, page = 0, tonumber(ARGV[1])
repeat
  local things = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int[now], 'LIMIT', from, page)
  for i = 1, #things do
    settle(things[i])
  end
  from = from + #things
until #reply > 0 or #things < page or from >= 20 * page
reply[#reply + 1] = left_to_others
if #unreadable.found > 0 then
  table.insert(unreadable.found, 1, 'unreadable')
  reply[#reply + 1] = unreadable.found
end
return reply
