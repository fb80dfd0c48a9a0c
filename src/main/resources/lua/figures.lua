-- figures: what a room's streamer wants to know, in one instant. However long it has been going on, this
-- looks at the figures and the newest shows alone. What cannot be read is 0, or left out: `audit` tells.
--
-- KEYS  1 head, 2 figures, 3 offers, 4 sales, 5 raffles, 6 lotteries
-- ARGV  the states of an order
--
-- Returns {now, likes, danmaku, boost, boostUntil, points given, points taken,
--          {a currency, its counts, ...}, {JSON of a sale, its counts, ...}, {JSON of a lottery, ...}},
-- counts being, for each state, how many orders and what they are worth. The newest shows come first, and
-- a lottery's JSON is without its winners.

local clock = redis.call('TIME')
local head = redis.call('HMGET', KEYS[1], 'likes', 'danmaku', 'boost', 'boostUntil')
local figures = redis.call('HMGET', KEYS[2], 'points given', 'points taken', 'currencies', 'shows')

local function counts_of(what)
  local fields = {}
  for i = 1, #ARGV do
    fields[2 * i - 1] = 'orders ' .. what .. ' ' .. ARGV[i]
    fields[2 * i] = 'cents ' .. what .. ' ' .. ARGV[i]
  end
  local counts = redis.call('HMGET', KEYS[2], unpack(fields))
  for i = 1, #counts do
    counts[i] = tonumber(counts[i] or 0) or 0
  end
  return counts
end

local currencies, sales, lotteries = {}, {}, {}
for currency in string.gmatch(figures[3] or '', '%S+') do
  currencies[#currencies + 1] = currency
  currencies[#currencies + 1] = counts_of('*' .. currency)
end
local shows = {}
for kind, id in string.gmatch(figures[4] or '', '(%S+) (%S+)') do
  table.insert(shows, 1, {kind, id})
end
for _, show in ipairs(shows) do
  local id = show[2]
  if show[1] == 'sale' then
    local sale = read_sale(id, redis.call('HGET', KEYS[3], id), redis.call('HGET', KEYS[4], id))
    if sale then
      sales[#sales + 1] = sale_json(sale)
      sales[#sales + 1] = counts_of(id)
    end
  else
    local lottery =
      read_lottery(id, redis.call('HGET', KEYS[5], id), redis.call('HGET', KEYS[6], id))
    if lottery then
      lottery.winners = nil
      lotteries[#lotteries + 1] = lottery_json(lottery)
    end
  end
end

local reply = {clock[1] * 1000 + math.floor(clock[2] / 1000)}
for i = 1, 4 do
  reply[i + 1] = tonumber(head[i] or 0) or 0
end
reply[6], reply[7] = tonumber(figures[1] or 0) or 0, tonumber(figures[2] or 0) or 0
reply[8], reply[9], reply[10] = currencies, sales, lotteries
return reply
