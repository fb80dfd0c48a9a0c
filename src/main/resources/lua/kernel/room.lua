-- The room's head, and what the batch does to it.

local room, begun
do
  local head = redis.call('HMGET', KEY.head, 'epoch', 'rev', 'seq', 'likes', 'danmaku', 'online',
    'boost', 'boostUntil', 'kept', 'lottery', 'lineage', 'blockBytes', 'blockAt', 'format')
  for i = 1, 8 do
    if head[i] and not string.find(head[i], '^%d+$') then
      error('UNREADABLE ' .. KEY.head .. ', number ' .. i, 0)
    end
  end
  if tonumber(head[14] or 1) > FORMAT then
    return {NOW, FORMAT}
  end
  room = {
    epoch = tonumber(head[1]),
    rev = tonumber(head[2] or 0),
    seq = tonumber(head[3] or 0),
    likes = tonumber(head[4] or 0),
    danmaku = tonumber(head[5] or 0),
    online = tonumber(head[6] or 0),
    boost = tonumber(head[7] or 100),
    boost_until = tonumber(head[8] or 0),
    kept = head[9] or 'look', -- see keep.lua
    block_bytes = tonumber(head[12] or 0) or 0, -- see keep.lua
    block_at = tonumber(head[13] or 0) or 0,
    lottery = head[10] ~= '' and head[10] or nil, -- the open one
    unnumbered = not head[14], -- its format is to be written
    before_accounts = head[1] and not head[14], -- kept by a release that had none
  }
  begun = epoch_to_begin(NOW, room.epoch, room.rev, head[11], tonumber(ARGV[2]), tonumber(ARGV[3]),
    ARGV[9])
  if begun then
    room.epoch, room.rev, room.block_bytes, room.block_at = begun, 0, 0, 0
  end
end

local seq_before = room.seq
local events = {} -- of this batch, as history keeps them: the sender's rank or '-', then JSON
local notices = {}

-- Numbers an event; its JSON after the number comes in two parts.
local function append(rank, type, rest, last)
  local seq = room.seq + 1
  room.seq = seq
  events[seq - seq_before] = rank .. '{"type":"' .. type .. '","seq":' .. int[seq] .. rest .. last
  return seq
end

local function notify(notice)
  notices[#notices + 1] = notice
end
