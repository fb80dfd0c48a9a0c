-- show: a sale or a lottery as it is.
--
-- KEYS  1 offers or raffles, 2 sales or lotteries
-- ARGV  1 sale or lottery, 2 its id
--
-- Returns {} when there is none, else {JSON}, and of a lottery {JSON, state, seed, entries, hash of
-- the entries or -}; {{key, field}} when it cannot be read

local terms, standing = redis.call('HGET', KEYS[1], ARGV[2]), redis.call('HGET', KEYS[2], ARGV[2])
if not standing then
  return {}
end
if ARGV[1] == 'sale' then
  local sale = read_sale(ARGV[2], terms, standing)
  return {sale and sale_json(sale) or {KEYS[2], ARGV[2]}}
end
local lottery = read_lottery(ARGV[2], terms, standing)
if not lottery then
  return {{KEYS[2], ARGV[2]}}
end
return {lottery_json(lottery), lottery.state, lottery.seed, lottery.entries, lottery.hash or '-'}
