-- Flash sales. Whatever touches a sale first does what the clock says is due for it, so that no
-- click is decided by how things stood before; what is told of a sale is told once, at the end.
-- free + held + reserved + paid = stock, always; free + held is what is available.

local REOPEN_MS = 1000 -- sale.opened at most so often
local MAX_CENTS = 1000000000 -- of one order, so that what it earns is exact: Offer.MAX_ORDER_CENTS
-- Orders a viewer may let expire, after which that sale is over for them; and orders they may cancel,
-- after which each makes them wait so much longer.
local FORGIVEN, WAITS_MS = 3, 10000

local offers, standings = hash(KEY.offers), hash(KEY.sales) -- id -> text, see sale.lua
local sales = {} -- by id, that this batch asked for; false when there is none
local touched = {} -- those there are, in order

local function tell_sale(sale, type, rest)
  append('-', type, ',"sale":"' .. sale.id .. '"', rest)
  sale.told = true
end

local function open_sale(sale)
  sale.state, sale.reason, sale.opened = 'open', nil, NOW
  tell_sale(sale, 'sale.opened', '}')
end

local function end_sale(sale, reason)
  sale.state, sale.reason = 'ended', reason
  tell_sale(sale, 'sale.ended', ',"reason":"' .. reason .. '"}')
end

-- Whether it never sells again.
local function is_over(sale)
  return sale.reason == 'cancelled' or NOW >= sale.ends
end

local function turn(sale)
  if sale.reason == 'cancelled' then
    return
  end
  if sale.held > 0 and NOW >= sale.releases then
    sale.free, sale.held = sale.free + sale.held, 0
  end
  if NOW >= sale.ends and sale.state ~= 'ended' then
    end_sale(sale, 'time')
  elseif NOW >= sale.opens and sale.state == 'scheduled' then
    open_sale(sale)
  end
end

-- The sale whose id is ARGV[arg], its buyers being the key that the next argument names.
local function sale_at(arg)
  local id = ARGV[arg]
  local sale = sales[id]
  if sale == nil then
    local standing = standings:get(id)
    sale = standing and read_sale(id, offers:get(id), standing)
    if standing and not sale then
      unreadable.stop(KEY.sales, id)
    end
    sales[id] = sale
    if sale then
      sale.standing, sale.was_free, sale.was_held = standing, sale.free, sale.held
      touched[#touched + 1] = sale
      turn(sale)
    end
  end
  if sale and not sale.buyers then
    -- viewer -> units held .. ' ' .. orders expired .. ' ' .. orders they cancelled .. ' ' .. until
    -- when they wait for that; the last two may lack
    sale.buyers = hash(extra_key(arg + 1))
  end
  return sale
end

-- Units a viewer holds in a sale, orders they let expire there, orders they cancelled, and until
-- when they wait for that.
local function holding(sale, viewer)
  sale.buyers:of(viewer)
  local units, expired, cancelled, waits =
    sale.buyers:match(viewer.id, '^(%d+) (%d+) ?(%d*) ?(%d*)$')
  return tonumber(units or 0), tonumber(expired or 0), tonumber(cancelled or '') or 0,
    tonumber(waits or '') or 0
end

local function hold(sale, viewer, units, expired, cancelled, waits)
  sale.buyers:set(viewer.id, int[units] .. ' ' .. int[expired]
    .. (cancelled > 0 and ' ' .. int[cancelled] .. ' ' .. int[waits] or ''))
end

-- Takes units for a viewer, those for everyone first: how many of those, and of the held ones.
-- Nothing when there are not enough.
local function take(sale, viewer, quantity)
  local left = sale.free
  if sale.held > 0 and tier_of(viewer) > sale.min_tier then
    left = left + sale.held
  end
  if quantity > left then
    return nil
  end
  local of_free = math.min(quantity, sale.free)
  sale.free, sale.held = sale.free - of_free, sale.held - (quantity - of_free)
  return of_free, quantity - of_free
end

-- Puts units back where they came from, or after the release to everyone.
local function put_back(sale, of_free, of_held)
  if NOW < sale.releases then
    sale.free, sale.held = sale.free + of_free, sale.held + of_held
  else
    sale.free = sale.free + of_free + of_held
  end
end

local function next_turn(sale)
  if is_over(sale) then
    return 0
  end
  local at_ms = sale.state == 'scheduled' and sale.opens or sale.ends
  if sale.state == 'ended' and sale.free + sale.held > 0 then
    at_ms = math.min(at_ms, sale.opened + REOPEN_MS)
  end
  if sale.state ~= 'scheduled' and sale.held > 0 then
    at_ms = math.min(at_ms, sale.releases)
  end
  return at_ms
end

finish(function()
  for i = 1, #touched do
    local sale = touched[i]
    local available = sale.free + sale.held
    if sale.state == 'open' and available == 0 then
      end_sale(sale, 'sold_out')
    elseif sale.reason == 'sold_out' and available > 0 and not is_over(sale)
      and NOW >= sale.opened + REOPEN_MS then
      open_sale(sale)
    end
    local at_ms = next_turn(sale)
    if at_ms ~= sale.turn then
      sale.turn = at_ms
      due('sale ' .. sale.id, at_ms > 0 and at_ms)
      if at_ms == 0 then
        activate('sale ' .. sale.id, false)
      end
    end
    if sale.free ~= sale.was_free or sale.held ~= sale.was_held then
      notify('stock ' .. sale.id .. ' ' .. int[available] .. ' ' .. int[sale.held] .. '\n')
    end
    if sale.told then
      local json = sale_json(sale)
      notify('sale ' .. sale.id .. ' ' .. #json .. '\n' .. json)
    end
    add_orders_of(sale)
    local standing = sale_standing(sale)
    if standing ~= sale.standing then
      standings:set(sale.id, standing)
    end
  end
end)

-- schedule: id, the JSON up to the stock, currency, opens in ms, lasts ms, limit for a viewer,
--           price, ms to pay, stock, early units, early ms of each tier (4, each empty for the tier
--           table's), lowest tier of the reserve (its rank; empty: no reserve), units, for ms
entries.schedule = {args = 17, keyed = all_ids, apply = function(arg)
  local id, currency, reserve = ARGV[arg], ARGV[arg + 2], ARGV[arg + 14] ~= ''
  local n = {}
  for i = 3, 16 do
    n[i] = tonumber(ARGV[arg + i]) or i > 9 and i < 14 and TERMS.tiers[i - 9][3] or 0
    if n[i] < 0 or n[i] > MAX - NOW then
      return refuse('bad_request')
    end
  end
  local opens_in, lasts, limit, price, pay_ms, stock, early, units =
    n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[15]
  if not string.find(currency, '^%u%u%u$') or stock < 1 or lasts < 1 or limit < 1 or pay_ms < 1 or early > stock
    or units > stock or price > MAX_CENTS or opens_in + lasts + pay_ms > MAX - NOW
    or opens_in + n[16] > MAX - NOW then
    return refuse('bad_request')
  end
  if standings:get(id) then
    return refuse('conflict')
  end
  local opens = NOW + opens_in
  local json = ARGV[arg + 1] .. ',"opensAt":' .. int[opens] .. ',"endsAt":' .. int[opens + lasts]
    .. ',"perViewerLimit":' .. int[limit] .. ',"earlyAccessMs":{'
  for tier = 1, 4 do
    json = json .. (tier > 1 and ',"' or '"') .. TIERS[tier] .. '":' .. int[n[9 + tier]]
  end
  json = json .. '},"earlyUnits":' .. int[early]
  if reserve then
    json = json .. ',"reserve":{"minTier":"' .. TIERS[n[14] + 1] .. '","units":' .. int[units]
      .. ',"forMs":' .. int[n[16]] .. '}'
  end
  json = json .. ',"payMs":' .. int[pay_ms] .. '}'
  local words = {currency}
  for _, number in ipairs({opens, opens + lasts, reserve and opens + n[16] or opens, limit, n[14],
    price, pay_ms, stock, n[10], n[11], n[12], n[13]}) do
    words[#words + 1] = int[number]
  end
  offers:set(id, table.concat(words, ' ') .. '\n' .. json)
  local sale = read_sale(id, offers:get(id), 'scheduled - ' .. int[stock - units] .. ' '
    .. int[units] .. ' 0 0 ' .. int[early] .. ' 0 0 0 0')
  sale.was_free, sale.was_held, sale.told = sale.free, sale.held, true
  sale.turn = nil -- to be set, whatever comes of it in this batch
  sales[id] = sale
  touched[#touched + 1] = sale
  activate('sale ' .. id, true)
  list_show('sale', id)
  list_currency(currency)
  append('-', 'sale.scheduled', ',"sale":', json .. '}')
  turn(sale) -- it may open at once
  return 'sale ' .. json
end}

-- turn: sale, key of its buyers
entries.turn = {args = 2, apply = function(arg)
  if not sale_at(arg) and unreadable.is_due('sale ' .. ARGV[arg]) then
    standings:stop(ARGV[arg])
  end
  return 'done'
end, due = function(arg)
  return 'sale ' .. ARGV[arg]
end}

-- cancel_sale: sale, key of its buyers
entries.cancel_sale = {args = 2, keyed = all_ids, apply = function(arg)
  local sale = sale_at(arg)
  if not sale then
    return refuse('not_found')
  end
  if is_over(sale) then
    return refuse('wrong_state')
  end
  end_sale(sale, 'cancelled')
  if sale.orders > 0 then
    due('orders ' .. sale.id, NOW)
  end
  return 'done'
end}
