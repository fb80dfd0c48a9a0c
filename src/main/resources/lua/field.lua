-- field: what a hash has in a field.
--
-- KEYS  1 the hash
-- ARGV  1 the field
--
-- Returns {value}, or {} when there is none

local value = redis.call('HGET', KEYS[1], ARGV[1])
return value and {value} or {}
