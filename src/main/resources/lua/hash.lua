-- hash: all of a hash, in one instant.
--
-- KEYS  1 the hash
--
-- Returns {field, value, ...}

return redis.call('HGETALL', KEYS[1])
