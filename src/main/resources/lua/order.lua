-- An order as it is kept, one line of words, then two texts whose lengths end the line:
--   viewer quantity amount currency status payBy   what everybody is told, after the id
--   of_free of_held                                units it holds, by where they came from
--   points growth                                  that its payment gave
--   paymentRef refundRef

local ORDER = '^(%S+) (%d+) (%d+) (%S+) (%S+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)\n()'

local function read_order(id, text)
  local order = {id = id}
  local quantity, amount, pay_by, of_free, of_held, points, growth, paid, refunded, from
  order.viewer, quantity, amount, order.currency, order.status, pay_by, of_free, of_held, points,
    growth, paid, refunded, from = string.match(text, ORDER)
  order.quantity, order.amount, order.pay_by = tonumber(quantity), tonumber(amount), tonumber(pay_by)
  order.of_free, order.of_held = tonumber(of_free), tonumber(of_held)
  order.points, order.growth = tonumber(points), tonumber(growth)
  order.payment_ref = string.sub(text, from, from + paid - 1)
  order.refund_ref = string.sub(text, from + paid)
  return order
end

-- What everybody is told.
local function order_words(order)
  return order.id .. ' ' .. order.viewer .. ' ' .. int[order.quantity] .. ' ' .. int[order.amount]
    .. ' ' .. order.currency .. ' ' .. order.status .. ' ' .. int[order.pay_by]
end

-- The same of those ids that are orders, as they are kept.
local function orders_told(key, ids)
  local told = {}
  if #ids > 0 then
    for i, text in ipairs(redis.call('HMGET', key, unpack(ids))) do
      told[i] = ids[i] .. ' ' .. string.match(text, '^%S+ %S+ %S+ %S+ %S+ %S+')
    end
  end
  return told
end
