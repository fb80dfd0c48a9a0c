-- history: numbered events from one on, oldest first.
--
-- KEYS  1 head, 2 history
-- ARGV  1 number of the first that is wanted, 2 at most how many
--
-- Returns {epoch, number of the newest event, number of the first in the list, {element, ...}}

local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
local seq = tonumber(head[2] or 0) or 0
local oldest = seq - redis.call('LLEN', KEYS[2]) + 1
local first = math.max(oldest, tonumber(ARGV[1]))
local from = first - oldest
return {
  tonumber(head[1] or 0) or 0, seq, first,
  redis.call('LRANGE', KEYS[2], from, from + tonumber(ARGV[2]) - 1),
}
