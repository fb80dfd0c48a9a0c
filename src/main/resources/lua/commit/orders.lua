-- Orders: made by clicks, then paid, given back, expired, refunded.

local orders = hash(KEY.orders) -- id -> text, see order.lua
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
    .. #order.refund_ref .. ' ' .. order.before .. '\n' .. order.payment_ref .. order.refund_ref)
  return tell_order(order.id .. ' ' .. words, ' 0 ', request)
end

-- A keyed entry's id without its sender.
local function request_of(id)
  return string.sub(id, string.find(id, '\n', 1, true) + 1)
end

-- Why a click is refused before anybody looks at the stock, and when the sale opens for it.
local function click_refused(sale, viewer, quantity, units, expired)
  if is_over(sale) then
    return 'ended'
  end
  if NOW < sale.opens then
    local opens = sale.opens - sale['early' .. tier_of(viewer)]
    if sale.early < quantity then
      return 'not_open', sale.opens
    elseif NOW < opens then
      return 'not_open', opens
    end
  end
  if units + quantity > sale.limit or expired >= FORGIVEN then
    return 'limit_reached'
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
  local units, expired = holding(sale, viewer)
  local reason, opens = click_refused(sale, viewer, quantity, units, expired)
  if reason then
    return refuse(reason, 0, opens)
  end
  local of_free, of_held = take(sale, viewer, quantity)
  if not of_free then
    return refuse('sold_out')
  end
  if NOW < sale.opens then
    sale.early = sale.early - quantity
  end
  sale.reserved, sale.orders = sale.reserved + quantity, sale.orders + 1
  hold(sale, viewer, units + quantity, expired)
  local order = sale.id .. '-' .. int[sale.orders]
  local pay_by = NOW + sale.pay_ms
  local words = viewer.id .. ' ' .. int[quantity] .. ' ' .. int[amount] .. ' ' .. sale.currency
    .. ' reserved ' .. int[pay_by]
  orders:set(order, words .. ' ' .. int[of_free] .. ' ' .. int[of_held]
    .. ' 0 0 0 0 0 0 0 ' .. (last_orders:of(viewer) or '-') .. '\n')
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
  if order and order.viewer == viewer.id then
    order.of, order.was = sale, order.status
    return order, sale, viewer
  end
end

-- Takes the units from an order that holds some, which is then as `status` says.
local function let_go(order, sale, viewer, status)
  local from = order.status -- reserved or paid, as the sale counts them
  sale[from] = sale[from] - order.quantity
  put_back(sale, order.of_free, order.of_held)
  local units, expired = holding(sale, viewer)
  hold(sale, viewer, units - order.quantity, expired + (status == 'expired' and 1 or 0))
  order.of_free, order.of_held = 0, 0
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
  return keep(order, request_of(id))
end}

-- Another request about what was done already.
local function told_again(order, same)
  if not same then
    return refuse('conflict')
  end
  return 'ordered ' .. order.id .. ' ' .. order_words(order)
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
    local of_free, of_held
    if sale.reason ~= 'cancelled' then
      of_free, of_held = take(sale, viewer, order.quantity)
    end
    if of_free then
      order.of_free, order.of_held, order.status = of_free, of_held, 'paid'
      local units, expired = holding(sale, viewer)
      hold(sale, viewer, units + order.quantity, expired)
    else
      order.status = 'refund_due'
    end
  end
  if order.status == 'paid' then
    sale.paid = sale.paid + order.quantity
    award_purchase(order, viewer)
  end
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

-- unwind: as order_at
entries.unwind = {args = 4, apply = function(arg)
  local order, sale, viewer = order_at(arg)
  if not order then
    return 'done'
  end
  if sale.reason == 'cancelled' then
    if order.status == 'reserved' or order.status == 'paid' then
      let_go(order, sale, viewer, order.status == 'paid' and 'refund_due' or 'cancelled')
      keep(order, '')
    end
    if order.id == sale.id .. '-' .. int[sale.unwound + 1] then
      sale.unwound = sale.unwound + 1
      if sale.unwound == sale.orders then
        due('orders ' .. sale.id, nil)
      end
    end
  elseif is_expired(order, sale) then
    let_go(order, sale, viewer, 'expired')
    keep(order, '')
  end
  return 'done'
end}

local function write_orders()
  if #made > 0 then
    in_slices('RPUSH', KEY.orders_log, made)
  end
end
