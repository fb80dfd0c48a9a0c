-- page: some fields of a hash; one that stays there comes in some page, perhaps in two.
--
-- KEYS  1 the hash
-- ARGV  1 cursor of the page before, 0 for the first; 2 about how many
--
-- Returns {cursor of the next page or 0, {field, value, field, value, ...}}

return redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
