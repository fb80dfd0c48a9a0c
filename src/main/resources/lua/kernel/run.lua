-- Decides every entry, then writes.

local reply = {NOW, 0, 0, -1}
local nth_keyed = 0

local function apply(entry, first_arg, digest, id)
  if entry.reads then
    entry.reads(first_arg)
  end
  return entry.apply(first_arg, digest, id)
end

while at <= #ARGV do
  local entry, first_arg = entries[ARGV[at]], at + 1
  local args, ids = entry.args, entry.keyed
  if not args then -- of an activity: what its arguments are stands before them, a k first if it is keyed
    args = #ARGV[first_arg]
    ids = string.sub(ARGV[first_arg], 1, 1) == 'k' and all_ids
  end
  local readable, outcome, refusal
  if ids then
    nth_keyed = nth_keyed + 1
    readable, outcome, refusal = unreadable.guard(once, nth_keyed, ids, entry, apply, first_arg)
  else
    readable, outcome, refusal = unreadable.guard(apply, entry, first_arg)
  end
  if not readable then
    refusal = select(2, refuse('unavailable'))
    if entry.due then
      unreadable.pass_over(entry.due(first_arg))
    end
  elseif outcome then
    keeping.on(entry.lasting)
    if entry.answer then
      outcome = entry.answer(first_arg, outcome)
    end
  end
  at = at + 1 + args
  reply[#reply + 1] = outcome or refusal
end
for i = 1, #finishers do
  finishers[i]()
end

-- From here on nothing is decided any more. XADD first: of all writes it alone could be refused.

if begun then
  redis.call('UNLINK', KEY.stream)
  redis.call('HDEL', KEY.head, 'blocks')
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
  keeping.on_record(#record)
end

writes.deletions()
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
writes.taps()
writes.presence()
for i = 1, #hooks.write do
  hooks.write[i]()
end
write_figures()
if K then
  K.write()
end
write_deadlines()

if told or begun then
  redis.call('HSET', KEY.head, 'epoch', int[room.epoch], 'rev', int[room.rev], 'seq', int[room.seq],
    'likes', int[room.likes], 'danmaku', int[room.danmaku], 'online', int[room.online],
    'boost', int[room.boost], 'boostUntil', int[room.boost_until], 'lottery', room.lottery or '',
    'blockBytes', int[room.block_bytes], 'blockAt', int[room.block_at])
end
if room.unnumbered then
  redis.call('HSET', KEY.head, 'format', FORMAT)
end

keeping.write()

if told then
  redis.call('PUBLISH', CHANNEL, record)
end
reply[2], reply[3], reply[4] = room.epoch, room.rev, next_due()
if #unreadable.found > 0 then
  reply[#reply + 1] = unreadable.found
end
return reply
