-- Orders: made by clicks, then paid, given back, expired, refunded.

local orders = hash(KEY.orders) -- id -> text, see order.lua
orders.paid_by = hash(KEY.payments) -- paymentRef -> id: one pays one order in a room
local last_orders = hash(KEY.last_orders) -- viewer -> the id of their newest
local made = {} -- ids, in order

-- Tells an order's viewer, but for the connection that asked under this request id.
local function tell_order(words, given, request)
  notify('order ' .. words .. given .. #request .. '\n' .. request)
  return 'ordered ' .. words
end

-- Keeps a change.
local function keep(order, request)
  count_order(order.of, order.amount, order.was, order.status)
  local words = order_words(order)
  orders:set(order.id, words .. ' ' .. int[order.of_free] .. ' ' .. int[order.of_held] .. ' '
    .. int[order.points] .. ' ' .. int[order.growth] .. ' ' .. int[order.award_cents] .. ' '
    .. int[order.award_growth] .. ' ' .. int[order.cent_worth] .. ' ' .. #order.payment_ref .. ' '
    .. #order.refund_ref .. ' ' .. order.before
    .. (order.of_early > 0 and ' ' .. int[order.of_early] or '') .. '\n'
    .. order.payment_ref .. order.refund_ref)
  return tell_order(order.id .. ' ' .. words, ' 0 ', request)
end

-- A keyed entry's id without its sender.
local function request_of(id)
  return string.sub(id, string.find(id, '\n', 1, true) + 1)
end

-- Why a click is refused before anybody looks at the stock, when it may be tried again, and when the
-- sale opens for it.
local function click_refused(sale, viewer, quantity, units, expired, waits)
  if is_over(sale) then
    return 'ended'
  end
  if NOW < sale.opens then
    local opens = sale.opens - sale['early' .. tier_of(viewer)]
    if sale.early < quantity then
      return 'not_open', 0, sale.opens
    elseif NOW < opens then
      return 'not_open', 0, opens
    end
  end
  if units + quantity > sale.limit or expired >= FORGIVEN then
    return 'limit_reached'
  end
  if NOW < waits then
    return 'rate_limited', waits - NOW
  end
end

-- buy: sale, key of its buyers, viewer, quantity
entries.buy = {args = 4, keyed = all_ids, apply = function(arg, _, id)
  local sale, viewer, quantity = sale_at(arg), viewer_at(arg + 2), tonumber(ARGV[arg + 3])
  if not sale then
    return refuse('not_found')
  end
  local amount = sale.price * quantity
  if quantity < 1 or quantity > MAX or amount > MAX_CENTS then
    return refuse('bad_request')
  end
  local units, expired, cancelled, waits = holding(sale, viewer)
  local before = last_orders:of(viewer) and last_orders:match(viewer.id, '^%S+$') or '-'
  local reason, wait, opens = click_refused(sale, viewer, quantity, units, expired, waits)
  if reason then
    return refuse(reason, wait, opens)
  end
  local of_free, of_held = take(sale, viewer, quantity)
  if not of_free then
    return refuse('sold_out')
  end
  local of_early = NOW < sale.opens and quantity or 0
  sale.early = sale.early - of_early
  sale.reserved, sale.orders = sale.reserved + quantity, sale.orders + 1
  hold(sale, viewer, units + quantity, expired, cancelled, waits)
  local order = sale.id .. '-' .. int[sale.orders]
  local pay_by = NOW + sale.pay_ms
  local words = viewer.id .. ' ' .. int[quantity] .. ' ' .. int[amount] .. ' ' .. sale.currency
    .. ' reserved ' .. int[pay_by]
  orders:set(order, words .. ' ' .. int[of_free] .. ' ' .. int[of_held]
    .. ' 0 0 0 0 0 0 0 ' .. before .. (of_early > 0 and ' ' .. int[of_early] or '') .. '\n')
  last_orders:set(viewer.id, order)
  due('order ' .. order, pay_by)
  count_order(sale, amount, nil, 'reserved')
  made[#made + 1] = order
  return tell_order(order .. ' ' .. words, ' 1 ', request_of(id))
end}

-- The order that four arguments name: its id, its viewer, its sale, the key of the sale's buyers.
-- Nothing when that is not how it is. Also its sale, its viewer.
local function order_at(arg)
  local id, viewer, sale = ARGV[arg], viewer_at(arg + 1), sale_at(arg + 2)
  local text = sale and is_of_sale(id, sale.id) and orders:get(id)
  local order = text and read_order(id, text)
  if text and not order then
    orders:stop(id)
  end
  if order and order.viewer == viewer.id then
    order.of, order.was = sale, order.status
    return order, sale, viewer
  end
end

-- Takes the units from an order that holds some, which is then as `status` says. What was sold before
-- the opening may be sold so again until then.
local function let_go(order, sale, viewer, status)
  local from = order.status -- reserved or paid, as the sale counts them
  sale[from] = sale[from] - order.quantity
  put_back(sale, order.of_free, order.of_held)
  if NOW < sale.opens then
    sale.early = sale.early + order.of_early
  end
  local units, expired, cancelled, waits = holding(sale, viewer)
  hold(sale, viewer, units - order.quantity, expired + (status == 'expired' and 1 or 0), cancelled, waits)
  order.of_free, order.of_held, order.of_early = 0, 0, 0
  order.status = status
  if from == 'reserved' then
    due('order ' .. order.id, nil)
  end
end

local function is_expired(order, sale)
  return order.status == 'reserved' and NOW >= order.pay_by and sale.reason ~= 'cancelled'
end

-- cancel_order: as order_at, the viewer being who asks
entries.cancel_order = {args = 4, keyed = all_ids, apply = function(arg, _, id)
  local order, sale, viewer = order_at(arg)
  if not order then
    return refuse('not_found')
  end
  if order.status ~= 'reserved' or is_expired(order, sale) then
    return refuse('wrong_state')
  end
  let_go(order, sale, viewer, 'cancelled')
  local units, expired, cancelled, waits = holding(sale, viewer)
  cancelled = cancelled + 1
  if cancelled >= FORGIVEN then
    waits = math.max(waits, NOW + (cancelled - FORGIVEN + 1) * WAITS_MS)
  end
  hold(sale, viewer, units, expired, cancelled, waits)
  return keep(order, request_of(id))
end}

-- Another request about what was done already.
local function told_again(order, same)
  if not same then
    return refuse('conflict')
  end
  return 'ordered ' .. order.id .. ' ' .. order_words(order)
end

-- Units for an order that was paid when it held none any more: as a click would be given them, so
-- within the viewer's limit and, before the opening, of those that may be sold early.
local function take_late(order, sale, viewer)
  local units, expired, cancelled, waits = holding(sale, viewer)
  local early = NOW < sale.opens
  if sale.reason == 'cancelled' or units + order.quantity > sale.limit
    or early and sale.early < order.quantity then
    return false
  end
  local of_free, of_held = take(sale, viewer, order.quantity)
  if not of_free then
    return false
  end
  order.of_free, order.of_held, order.of_early = of_free, of_held, early and order.quantity or 0
  sale.early = sale.early - order.of_early
  hold(sale, viewer, units + order.quantity, expired, cancelled, waits)
  return true
end

-- pay: as order_at, paymentRef
entries.pay = {args = 5, keyed = all_ids, apply = function(arg)
  local order, sale, viewer = order_at(arg)
  local ref = ARGV[arg + 4]
  if not order then
    return refuse('not_found')
  end
  if order.payment_ref ~= '' then
    return told_again(order, order.payment_ref == ref)
  end
  if ref == '' then
    return refuse('bad_request')
  end
  if orders.paid_by:get(ref) then
    return refuse('conflict') -- it paid another order
  end
  if order.status == 'reserved' and sale.reason == 'cancelled' then
    let_go(order, sale, viewer, 'cancelled')
  elseif is_expired(order, sale) then
    let_go(order, sale, viewer, 'expired')
  end
  order.payment_ref = ref
  if order.status == 'reserved' then
    sale.reserved = sale.reserved - order.quantity
    order.status = 'paid'
    due('order ' .. order.id, nil)
  else
    order.status = take_late(order, sale, viewer) and 'paid' or 'refund_due'
  end
  if order.status == 'paid' then
    sale.paid = sale.paid + order.quantity
    award_purchase(order, viewer)
  end
  orders.paid_by:set(ref, order.id)
  return keep(order, '')
end}

-- refund: as order_at, refundRef
entries.refund = {args = 5, keyed = all_ids, apply = function(arg)
  local order, sale, viewer = order_at(arg)
  local ref = ARGV[arg + 4]
  if not order then
    return refuse('not_found')
  end
  if order.status == 'refunded' then
    return told_again(order, order.refund_ref == ref)
  end
  if ref == '' then
    return refuse('bad_request')
  end
  if order.status == 'paid' then
    let_go(order, sale, viewer, 'refunded')
  elseif order.status ~= 'refund_due' then
    return refuse('wrong_state')
  end
  revoke_purchase(order, viewer)
  order.status, order.refund_ref = 'refunded', ref
  return keep(order, '')
end}

-- The orders of a cancelled sale are seen to one after the other.
local function count_unwound(sale, order)
  if order == sale.id .. '-' .. int[sale.unwound + 1] then
    sale.unwound = sale.unwound + 1
    if sale.unwound == sale.orders then
      due('orders ' .. sale.id, nil)
    end
  end
end

-- unwind: as order_at
entries.unwind = {args = 4, apply = function(arg)
  local order, sale, viewer = order_at(arg)
  if not order then
    orders:stop(ARGV[arg]) -- who is to unwind one has seen it, or that it is due
  end
  if sale.reason == 'cancelled' then
    if order.status == 'reserved' or order.status == 'paid' then
      let_go(order, sale, viewer, order.status == 'paid' and 'refund_due' or 'cancelled')
      keep(order, '')
    end
    count_unwound(sale, order.id)
  elseif is_expired(order, sale) then
    let_go(order, sale, viewer, 'expired')
    keep(order, '')
  end
  return 'done'
end}

-- One that cannot be read is due by itself from now on, and the next one's turn has come.
entries.unwind.due = function(arg)
  local readable, sale = unreadable.guard(sale_at, arg + 2)
  local unwinds = readable and sale and sale.reason == 'cancelled'
  if unwinds then
    count_unwound(sale, ARGV[arg])
  end
  return 'order ' .. ARGV[arg], unwinds
end

for _, kind in ipairs({'cancel_order', 'pay', 'refund', 'unwind'}) do
  entries[kind].reads = function(arg)
    local order, sale, viewer = order_at(arg)
    if order then
      holding(sale, viewer)
      if kind == 'pay' then
        purchases_at(viewer.id .. '|order ' .. int[TERMS.purchaseCents] .. ' ' .. int[TERMS.purchase[2]])
        line_of(viewer, 'order', order.id, 'order')
      elseif kind == 'refund' and order.award_cents > 0 then
        purchases_at(purchases_field(viewer, order))
        line_of(viewer, 'refund', order.id, 'refund')
      end
    end
  end
end

local function write_orders()
  if #made > 0 then
    in_slices('RPUSH', KEY.orders_log, made)
  end
end

-- The viewer's newest orders; one that cannot be read, and those before it, are left out.
local TOLD = 20 -- Outcome.Stands.ORDERS

hooks.joined[#hooks.joined + 1] = function(viewer)
  local words, count = '', 0
  local id = last_orders:get(viewer.id) or '-'
  while id ~= '-' and count < TOLD do
    local order = read_order(id, orders:get(id))
    if not order then
      unreadable.note(KEY.orders, id)
      break
    end
    words, count = words .. id .. ' ' .. order_words(order) .. ' ', count + 1
    id = order.before
  end
  return count .. ' ' .. words
end

hooks.write[#hooks.write + 1] = write_orders
