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
--          when something is due next or -1, {{kind, id, JSON} of an active thing, ...}}; then {key, field,
--          ...} of what could not be read and is left out. Or {now, the newest format known here} when the
--          room is of a newer one

local head = redis.call('HMGET', KEYS[1], 'epoch', 'rev', 'seq', 'likes', 'danmaku', 'boost',
  'boostUntil', 'lineage', 'format')
for i = 1, 7 do
  if head[i] and not string.find(head[i], '^%d+$') then
    error('UNREADABLE ' .. KEYS[1] .. ' number ' .. i, 0)
  end
end
if tonumber(head[9] or 1) > FORMAT then
  return {now, FORMAT}
end
local begun = epoch_to_begin(now, tonumber(head[1]), tonumber(head[2] or 0), head[8],
  tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6])
if begun then
  redis.call('HSET', KEYS[1], 'epoch', string.format('%d', begun), 'rev', 0, 'lineage', ARGV[6])
  redis.call('HDEL', KEYS[1], 'blocks', 'blockBytes', 'blockAt')
  if head[1] then
    redis.call('UNLINK', KEYS[11])
  else
    redis.call('HSET', KEYS[1], 'format', FORMAT)
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
  if tonumber(at or 0) > now - tonumber(ARGV[3]) then
    online = online + tonumber(count)
  end
end
reply[9] = online

local settings = redis.call('HMGET', KEYS[3], unpack(setting.names))
for i, name in ipairs(setting.names) do
  if settings[i] and not setting.is_of(name, settings[i]) then
    unreadable.note(KEYS[3], name)
    settings[i] = false
  end
  settings[i] = settings[i] or setting.defaults[name]
end
reply[10] = table.concat(settings, ' ')
reply[11] = redis.call('LRANGE', KEYS[2], -tonumber(ARGV[1]), -1)

local active = redis.call('SMEMBERS', KEYS[5])
table.sort(active)
reply[12], reply[13], reply[15] = {}, {}, {}
local things = {}
for i = 1, #active do
  local kind, id = string.match(active[i], '^(%S+) (.*)$')
  if kind == 'sale' then
    local sale =
      read_sale(id, redis.call('HGET', KEYS[6], id), redis.call('HGET', KEYS[7], id))
    if sale then
      table.insert(reply[12], sale_json(sale))
    else
      unreadable.note(KEYS[7], id)
    end
  elseif kind == 'lottery' then
    local lottery =
      read_lottery(id, redis.call('HGET', KEYS[8], id), redis.call('HGET', KEYS[9], id))
    if lottery then
      table.insert(reply[13], lottery_json(lottery))
    else
      unreadable.note(KEYS[9], id)
    end
  elseif modules[kind] then -- else of a later release
    local thing = modules[kind].own.thing(id)
    if thing then
      table.insert(things, {kind = kind, id = id, made = thing.made, json = modules[kind].show(thing)})
    else
      unreadable.note(modules[kind].keys.things, id)
    end
  end
end
table.sort(things, function(a, b)
  return a.made < b.made or a.made == b.made and a.id < b.id
end)
for i = 1, #things do
  local thing = things[i]
  reply[15][i] = {thing.kind, thing.id, thing.json}
end
reply[14] = tonumber(redis.call('ZRANGE', KEYS[10], 0, 0, 'WITHSCORES')[2] or -1)
if #unreadable.found > 0 then
  reply[16] = unreadable.found
end
return reply
