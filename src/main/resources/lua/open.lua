-- open: reads a room as it is, and begins an epoch where one has to.
--
-- KEYS  1 head, 2 history, 3 settings, 4 online, 5 active, 6 offers, 7 sales, 8 raffles, 9 lotteries,
--       10 deadlines, 11 stream, 12 one that never is (Keys.java)
-- ARGV  1 length of the tail, 2 seconds a room lives that nobody writes to,
--       3 milliseconds a node's presence is believed, 4 epoch and 5 revision the caller knows of,
--       6 lineage of the primary, or nothing
--
-- Returns {now, epoch, revision, seq, likes, danmaku, boost, boostUntil, online,
--          'slowModeMs membersOnly minTier silenced', {element of history, ...},
--          {JSON of an active sale, ...}, {JSON of an active lottery, ...},
--          when something is due next or -1}

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local head = redis.call('HMGET', KEYS[1], 'epoch', 'rev', 'seq', 'likes', 'danmaku', 'boost',
  'boostUntil', 'lineage')
local begun = epoch_to_begin(now, tonumber(head[1]), tonumber(head[2] or 0), head[8],
  tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6])
if begun then
  redis.call('HSET', KEYS[1], 'epoch', string.format('%d', begun), 'rev', 0, 'lineage', ARGV[6])
  if head[1] then
    redis.call('UNLINK', KEYS[11])
  else
    redis.call('EXPIRE', KEYS[1], ARGV[2])
  end
  head[1], head[2] = begun, 0
end

local reply = {now, tonumber(head[1])}
for i = 2, 7 do
  reply[i + 1] = tonumber(head[i] or 0)
end

local online = 0
local nodes = redis.call('HGETALL', KEYS[4])
for i = 2, #nodes, 2 do
  local count, at = string.match(nodes[i], '^(%d+) (%d+)$')
  if tonumber(at) > now - tonumber(ARGV[3]) then
    online = online + tonumber(count)
  end
end
reply[9] = online

local settings = redis.call('HMGET', KEYS[3], 'slowModeMs', 'membersOnly', 'minTier', 'silenced')
reply[10] = (settings[1] or '0') .. ' ' .. (settings[2] or 'false') .. ' '
  .. (settings[3] or 'regular') .. ' ' .. (settings[4] or 'false')
reply[11] = redis.call('LRANGE', KEYS[2], -tonumber(ARGV[1]), -1)

local active = redis.call('SMEMBERS', KEYS[5])
table.sort(active)
reply[12], reply[13] = {}, {}
for i = 1, #active do
  local kind, id = string.match(active[i], '^(%S+) (.*)$')
  if kind == 'sale' then
    table.insert(reply[12], sale_json(read_sale(id, redis.call('HGET', KEYS[6], id),
      redis.call('HGET', KEYS[7], id))))
  else
    table.insert(reply[13], lottery_json(read_lottery(id, redis.call('HGET', KEYS[8], id),
      redis.call('HGET', KEYS[9], id))))
  end
end
reply[14] = tonumber(redis.call('ZRANGE', KEYS[10], 0, 0, 'WITHSCORES')[2] or -1)
return reply
