-- How long the room is kept, and how much of its stream. Head's field `kept` says
--   nothing  somebody looked at the room: it expires an hour after the last commit
--   day      viewers spoke, tapped or watched: a day after the last commit
--   1        something happened that is to last, or staff came: it never expires
--   2        the same, and some viewers' ledgers are brief still, from the time before that
-- All keys of a room that expires do so at the same instant, so that no part of it outlives another.
--
-- The stream is cut by blocks of commits. Head has, of the block that is being filled, blockBytes and
-- blockAt, when it began; and of those before it, blocks: last revision, bytes, end of each, as words.

local keeping = {brief = KEY.brief_ledgers}

function keeping.is_for_good()
  return keeping.good or room.kept == '1' or room.kept == '2'
end

-- An entry was granted after which the room lasts so long: nil, 'day' or 'look'.
function keeping.on(lasting)
  keeping.good = keeping.good or not lasting
  keeping.day = keeping.day or lasting == 'day'
end

-- A record was added to the stream.
function keeping.on_record(bytes)
  if room.block_at == 0 then
    room.block_at, keeping.moved = NOW, true
  end
  room.block_bytes = room.block_bytes + bytes
  if room.block_bytes < LIVES.blockBytes and NOW - room.block_at < LIVES.blockMs then
    return
  end
  keeping.moved = true
  local words, sum = {}, 0
  for word in string.gmatch(not begun and redis.call('HGET', KEY.head, 'blocks') or '', '%d+') do
    words[#words + 1] = word
  end
  words[#words + 1], words[#words + 2] = int[room.rev], int[room.block_bytes]
  words[#words + 1] = NOW_TEXT
  room.block_bytes, room.block_at = 0, 0
  for i = 2, #words, 3 do
    sum = sum + tonumber(words[i])
  end
  local first, cut = 1, nil
  while sum > LIVES.streamBytes or tonumber(words[first + 2]) < NOW - LIVES.streamMs do
    cut, sum = words[first], sum - tonumber(words[first + 1])
    first = first + 3
  end
  if cut then
    redis.call('XTRIM', KEY.stream, 'MINID', '~', int[room.epoch] .. '-' .. int[tonumber(cut) + 1])
  end
  redis.call('HSET', KEY.head, 'blocks', table.concat(words, ' ', first))
end

function keeping.write()
  local kept = room.kept
  local keys = {KEY.head, KEY.stream, KEY.history, KEY.points, KEY.growth, KEY.carry, KEY.watch, KEY.viewers, KEY.figures, keeping.brief}
  if not keeping.is_for_good() then
    if keeping.day and kept == 'look' then
      kept = 'day'
      redis.call('HSET', KEY.head, 'kept', kept)
    end
    local expires = int[NOW + (kept == 'day' and LIVES.dayMs or LIVES.lookMs)]
    for i = 1, #keys do
      redis.call('PEXPIREAT', keys[i], expires)
    end
    return
  end
  local briefly = kept ~= '1' and redis.call('EXISTS', keeping.brief) == 1
  if kept ~= (briefly and '2' or '1') then
    redis.call('HSET', KEY.head, 'kept', briefly and '2' or '1')
  end
  if kept ~= '1' and kept ~= '2' then
    keeping.moved = true
    for i = 1, #keys do
      redis.call('PERSIST', keys[i])
    end
  end
  if keeping.moved then
    -- After the last commit, at least as long as a commit is kept in a room where others follow.
    redis.call('PEXPIREAT', KEY.stream, int[NOW + LIVES.streamMs + LIVES.blockMs])
  end
end
