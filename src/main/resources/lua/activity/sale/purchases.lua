-- Points and growth for what was paid. A refund leaves a viewer with what the orders that stand earn,
-- whatever was paid and refunded in between, so these are kept together:
--   field  viewer|order CENTS GROWTH   of one award, by the rules at the payment
--   value  paid worth waiting
--     paid     minor units of the orders that stand
--     worth    of these, at the multipliers they were paid with, in 1/(10000 * CENTS) point
--     waiting  part of that worth which is not given: of what is below one award

local function purchases_field(viewer, order)
  return viewer.id .. '|order ' .. int[order.award_cents] .. ' ' .. int[order.award_growth]
end

local function purchases_at(field)
  local paid, worth, waiting = carry:match(field, '^(%d+) (%d+) (%d+)$')
  return tonumber(paid or 0), tonumber(worth or 0), tonumber(waiting or 0)
end

local function points_of(order, given)
  local point = 10000 * order.award_cents
  return (given - given % point) / point
end

local function growth_of(order, paid)
  return (paid - paid % order.award_cents) / order.award_cents * order.award_growth
end

-- Gives or takes the difference, and keeps what the purchases now are. False when it would not hold.
local function settle(order, viewer, reason, field, paid, worth, waiting)
  local paid_before, worth_before, waiting_before = purchases_at(field)
  local delta = points_of(order, worth - waiting) - points_of(order, worth_before - waiting_before)
  local grew = growth_of(order, paid) - growth_of(order, paid_before)
  if paid > MAX or worth > MAX then
    return false
  end
  if (delta ~= 0 or grew ~= 0)
    and not post(line_of(viewer, reason, order.id, reason), delta, grew, math.max(0, delta)) then
    return false
  end
  carry:set(field, int[paid] .. ' ' .. int[worth] .. ' ' .. int[waiting])
  order.points, order.growth = order.points + delta, order.growth + grew
  return true
end

-- What is below one award waits, at its worth, for the viewer's next purchase.
local function award_purchase(order, viewer)
  local cents, rate = order.amount, TERMS.purchase[1] * TERMS.tiers[tier_of(viewer)][2] * boost_factor()
  order.award_cents, order.award_growth = TERMS.purchaseCents, TERMS.purchase[2]
  order.cent_worth = rate
  local field = purchases_field(viewer, order)
  local paid, worth, waiting = purchases_at(field)
  local left = paid % order.award_cents + cents
  if left < order.award_cents then
    waiting = waiting + cents * rate
  else
    waiting = left % order.award_cents * rate
  end
  if not settle(order, viewer, 'order', field, paid + cents, worth + cents * rate, waiting) then
    order.award_cents = 0
  end
end

-- After it the cents below one award are of no order in particular: they are worth the average of
-- those that stand, but never so little that taking back would give.
local function revoke_purchase(order, viewer)
  if order.award_cents == 0 then
    return
  end
  local field = purchases_field(viewer, order)
  local paid, worth, waiting = purchases_at(field)
  local taken = order.amount * order.cent_worth
  paid, worth = paid - order.amount, worth - taken
  local average = paid > 0 and math.floor(worth / paid * (paid % order.award_cents)) or 0
  settle(order, viewer, 'refund', field, paid, worth,
    math.min(worth, math.max(average, waiting - taken)))
end
