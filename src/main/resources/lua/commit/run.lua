-- Decides every entry, then writes.

local reply = {NOW, 0, 0, -1}
local nth_keyed = 0
local durable = false -- whether the room has become more than somebody's look at it
while at <= #ARGV do
  local entry = entries[ARGV[at]]
  local outcome, refusal
  if entry.keyed then
    nth_keyed = nth_keyed + 1
    outcome, refusal = once(nth_keyed, entry.keyed, entry.apply, at + 1)
  else
    outcome, refusal = entry.apply(at + 1)
  end
  durable = durable or not entry.transient
  at = at + 1 + entry.args
  reply[#reply + 1] = outcome or refusal
end
for i = 1, #finishers do
  finishers[i]()
end

-- From here on nothing is decided any more. XADD first: of all writes it alone could be refused.

if begun then
  redis.call('UNLINK', KEY.stream)
  redis.call('HSET', KEY.head, 'lineage', ARGV[9])
  if seq_before == 0 then
    redis.call('UNLINK', KEY.history)
  end
end

local record
local told = #events > 0 or #notices > 0
if told then
  room.rev = room.rev + 1
  local parts = {
    int[room.epoch] .. ' ' .. int[room.rev] .. ' ' .. NOW_TEXT .. ' ' .. int[room.seq] .. ' '
      .. #events .. ' ' .. #notices .. '\n',
  }
  for i = 1, #events do
    parts[#parts + 1] = int[#events[i]] .. '\n'
    parts[#parts + 1] = events[i]
  end
  for i = 1, #notices do
    parts[#parts + 1] = notices[i]
  end
  record = table.concat(parts)
  redis.call('XADD', KEY.stream, 'MAXLEN', '~', LIVES.streamLength,
    int[room.epoch] .. '-' .. int[room.rev], 'r', record)
end

for index, element in pairs(replaced) do
  redis.call('LSET', KEY.history, index, element)
end
if #events > 0 then
  redis.call('RPUSH', KEY.history, unpack(events))
  redis.call('LTRIM', KEY.history, -TERMS.historyEvents, -1)
end
for i = 1, #changed_hashes do
  local changed = changed_hashes[i]
  changed:write()
  if changed.expires then
    redis.call('EXPIRE', changed.key, changed.expires)
  end
end
write_points()
write_taps()
write_presence()
write_orders()
write_lotteries()
write_figures()
write_deadlines()

if told or begun then
  redis.call('HSET', KEY.head, 'epoch', int[room.epoch], 'rev', int[room.rev], 'seq', int[room.seq],
    'likes', int[room.likes], 'danmaku', int[room.danmaku], 'online', int[room.online],
    'boost', int[room.boost], 'boostUntil', int[room.boost_until], 'lottery', room.lottery or '')
end
if durable and not room.kept then
  redis.call('HSET', KEY.head, 'kept', 1)
  for _, key in ipairs({KEY.head, KEY.stream, KEY.viewers}) do
    redis.call('PERSIST', key)
  end
elseif not room.kept then
  for _, key in ipairs({KEY.head, KEY.stream, KEY.viewers}) do
    redis.call('EXPIRE', key, LIVES.unkept)
  end
end

if repeated and not (told or begun) then
  -- Newer Redis lets WAIT wait for what its own connection wrote and for nothing else: without a write
  -- a repeat would be answered before any replica has what it repeats.
  redis.call('HSET', KEY.head, 'rev', int[room.rev])
end

if told then
  redis.call('PUBLISH', CHANNEL, record)
end
reply[2], reply[3], reply[4] = room.epoch, room.rev, next_due()
return reply
