-- An order as it is kept: one line of words, and two texts.
--   viewer quantity amount currency status payBy   what everybody is told, after the id
--   of_free of_held                                units it holds, by where they came from
--   points growth                                  that it gave, less what its refund took
--   award_cents award_growth cent_worth            of its payment, see purchases.lua; 0 when it gave nothing
--   lengths of paymentRef and refundRef
--   before                                         the viewer's order before it, or -
--   of_early                                       units it holds that were sold before the opening; may lack
--   LF, paymentRef refundRef

local ORDER = '^(%S+) (%d+) (%d+) (%S+) (%S+) (%d+) (%d+) (%d+) '
  .. '(%-?%d+) (%-?%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%S+) ?(%d*)\n()'

-- Orders are named after their sale: sale-number.
local function is_of_sale(id, sale)
  return string.match(id, '^(.*)%-%d+$') == sale
end

-- nil when it cannot be read.
local function read_order(id, text)
  local order = {id = id}
  local quantity, amount, pay_by, of_free, of_held, points, growth, award_cents, award_growth,
    cent_worth, paid, refunded, of_early, from
  order.viewer, quantity, amount, order.currency, order.status, pay_by, of_free, of_held,
    points, growth, award_cents, award_growth, cent_worth, paid, refunded, order.before, of_early, from =
    string.match(text or '', ORDER)
  if not unreadable.is_one_of('reserved paid expired cancelled refunded refund_due', order.status)
    or from + paid + refunded ~= #text + 1 then
    return nil
  end
  order.quantity, order.amount, order.pay_by = tonumber(quantity), tonumber(amount), tonumber(pay_by)
  order.of_free, order.of_held = tonumber(of_free), tonumber(of_held)
  order.points, order.growth = tonumber(points), tonumber(growth)
  order.award_cents, order.award_growth = tonumber(award_cents), tonumber(award_growth)
  order.cent_worth, order.of_early = tonumber(cent_worth), tonumber(of_early) or 0
  order.payment_ref = string.sub(text, from, from + paid - 1)
  order.refund_ref = string.sub(text, from + paid)
  return order
end

-- What everybody is told, after the id.
local function order_words(order)
  return order.viewer .. ' ' .. int[order.quantity] .. ' ' .. int[order.amount]
    .. ' ' .. order.currency .. ' ' .. order.status .. ' ' .. int[order.pay_by]
end

-- The same, and the id before it, of an order as it is kept; nil when it cannot be read.
local function told_of(id, text)
  local order = read_order(id, text)
  return order and id .. ' ' .. order_words(order)
end
