-- audit_sale: a sale's counters, and its orders as far as commits changed them, in one instant.
--
-- KEYS  1 head, 2 stream, 3 offers, 4 sales, 5 orders, 6 the sale's buyers, 7 figures
-- ARGV  1 sale, 2 epoch and 3 revision up to which the caller knows the orders,
--       4 orders and 5 bytes of commits after which it is enough for one call,
--       then the fields of figures to be read
--
-- Returns {revision up to which the caller knows the orders now, 1 when that is the newest,
--          the first line of its offer, how it stands,
--          {id of an order, the order, its viewer's words in buyers, ...}, the figures,
--          how many units may be sold early},
-- or {-1} when the commits after the revision are not there any more.

local head = redis.call('HMGET', KEYS[1], 'epoch', 'rev')
local revision, newest = tonumber(ARGV[3]), tonumber(head[2] or 0)
if head[1] ~= ARGV[2] or newest < revision then
  return {-1}
end

-- Whatever changes an order tells its viewer so: its id is somewhere in that commit. What only
-- looks like one, in a danmaku, is read in vain.
local id = '(' .. string.gsub(ARGV[1], '%W', '%%%0') .. '%-%d+)'
local changed, seen, bytes = {}, {}, 0
while revision < newest and #changed < tonumber(ARGV[4]) and bytes < tonumber(ARGV[5]) do
  local first = ARGV[2] .. '-' .. string.format('%d', revision + 1)
  local page = redis.call('XRANGE', KEYS[2], first, '+', 'COUNT', 10)
  if #page == 0 or page[1][1] ~= first then
    return {-1}
  end
  for i = 1, #page do
    local record = page[i][2][2]
    bytes = bytes + #record
    for order in string.gmatch(record, id) do
      if not seen[order] then
        seen[order] = true
        changed[#changed + 1] = order
      end
    end
  end
  revision = revision + #page
end

local orders = {}
for i = 1, #changed do
  local order = redis.call('HGET', KEYS[5], changed[i])
  if order then
    local viewer = string.match(order, '^%S+')
    local n = #orders
    orders[n + 1], orders[n + 2] = changed[i], order
    orders[n + 3] = viewer and redis.call('HGET', KEYS[6], viewer) or false
  end
end
local offer = redis.call('HGET', KEYS[3], ARGV[1])
return {
  revision,
  revision == newest and 1 or 0,
  offer and string.match(offer, '^[^\n]*'),
  redis.call('HGET', KEYS[4], ARGV[1]),
  orders,
  redis.call('HMGET', KEYS[7], unpack(ARGV, 6)),
  -- A quote inside a JSON string is written \", so this is no part of the title.
  offer and string.match(offer, '"earlyUnits":(%d+)') or false,
}
