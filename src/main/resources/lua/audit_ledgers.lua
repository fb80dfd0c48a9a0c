-- audit_ledgers: balances with the ledgers they should be the sums of, each viewer in one instant.
--
-- KEYS  1 points, 2 growth, 3 brief ledgers, then the ledger of each viewer
-- ARGV  1 lines after which no more viewers are added, then each viewer
--
-- Returns, for as many of the viewers as fit, points, growth, their brief ledger, and {field, value,
-- ...}; or 0 for a ledger that alone has more fields than that.

local most, total, reply = tonumber(ARGV[1]), 0, {}
for i = 2, #ARGV do
  local ledger = KEYS[i + 2]
  local lines = redis.call('HLEN', ledger)
  local n = #reply
  if n > 0 and total + lines > most then
    break
  end
  reply[n + 1] = redis.call('HGET', KEYS[1], ARGV[i])
  reply[n + 2] = redis.call('HGET', KEYS[2], ARGV[i])
  reply[n + 3] = redis.call('HGET', KEYS[3], ARGV[i])
  if lines > most then
    reply[n + 4] = 0
  else
    reply[n + 4] = redis.call('HGETALL', ledger)
    total = total + lines
  end
end
return reply
