-- forget_timed: takes rooms from those that may have something due, unless they were touched again.
--
-- KEYS  1 timed
-- ARGV  room, when it was last touched as the caller saw it, and so on
--
-- Returns {how many were taken out}

local forgotten = 0
for i = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    forgotten = forgotten + redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return {forgotten}
