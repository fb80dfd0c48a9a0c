-- Points and growth. A balance is the sum of the viewer's ledger:
--   field  class .. ' ' .. ref; a capped reason is its own class, with the day as ref
--   value  at delta growth base reason; base: points before multiplying, which the cap counts
-- and what multiplying leaves over is carried in units of 1/10000 point, so that nothing is rounded.

local carry = hash(CARRY) -- viewer .. '|' .. reason -> units not yet given
local grants = hash(GRANTS) -- ref -> digest .. outcome
local awarded = {} -- in order: {viewer, reason, delta}

local function boost_factor()
  return room.boost_until > NOW and room.boost or 100
end

local function line_of(viewer, class, ref)
  local field = class .. ' ' .. ref
  local line = viewer.lines[field]
  if not line then
    line = {delta = 0, growth = 0, base = 0}
    local kept = viewer.ledger:get(field)
    if kept then
      local delta, more, base = string.match(kept, '^%d+ (%-?%d+) (%-?%d+) (%d+)')
      line.delta, line.growth, line.base = tonumber(delta), tonumber(more), tonumber(base)
    end
    viewer.lines[field] = line
  end
  return field, line
end

-- Adds to a balance and the ledger line that accounts for it. False when numbers would not hold it.
local function post(viewer, class, ref, reason, delta, more, base)
  local balance, grown = viewer.points + delta, viewer.growth + more
  if balance > MAX or balance < -MAX or grown > MAX then
    return false
  end
  local field, line = line_of(viewer, class, ref)
  line.delta, line.growth, line.base = line.delta + delta, line.growth + more, line.base + base
  viewer.ledger:set(field, int(NOW) .. ' ' .. int(line.delta) .. ' ' .. int(line.growth) .. ' '
    .. int(line.base) .. ' ' .. reason)
  if delta ~= 0 then
    viewer.points = balance
    points:set(viewer.id, int(balance))
  end
  if more ~= 0 then
    viewer.growth = grown
    growth:set(viewer.id, int(grown))
  end
  if delta ~= 0 or more ~= 0 then
    local sum = line.awarded
    if not sum then
      sum = {viewer = viewer, reason = reason, delta = 0}
      line.awarded = sum
      awarded[#awarded + 1] = sum
    end
    sum.delta = sum.delta + delta
  end
  return true
end

-- Awards `times` what the terms {points, growth, cap} give, as often as fits under the day's cap.
local function award(viewer, reason, terms, times)
  local base, more, cap = terms[1], terms[2], terms[3]
  if cap > 0 and base > 0 then
    local _, line = line_of(viewer, reason, DAY)
    times = math.min(times, math.floor((cap - line.base) / base))
  end
  local worth = times * base * TERMS.tiers[tier_of(viewer)][2] * boost_factor()
  if times <= 0 or worth > MAX - 10000 then
    return
  end
  local rest = worth % 10000
  if rest > 0 then -- else what is carried stays as it is, and need not be read
    local field = viewer.id .. '|' .. reason
    worth = worth + carry:number(field)
    carry:set(field, int(worth % 10000))
  end
  post(viewer, reason, DAY, reason, math.floor(worth / 10000), times * more, times * base)
end

finish(function()
  for i = 1, #awarded do
    local sum = awarded[i]
    local viewer = sum.viewer
    notify('awarded ' .. viewer.id .. ' ' .. int(sum.delta) .. ' ' .. int(viewer.points) .. ' '
      .. int(viewer.growth) .. ' ' .. #sum.reason .. '\n' .. sum.reason)
  end
end)

-- grant: viewer, delta, growth, reason, ref
entries.grant = {args = 5, keyed = all_ids, apply = function(arg, digest)
  local viewer, delta, more = viewer_at(arg), tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])
  local reason, ref = ARGV[arg + 3], ARGV[arg + 4]
  local before = grants:get(ref)
  if before then
    if string.sub(before, 1, DIGEST) ~= digest then
      return refuse('conflict')
    end
    return string.sub(before, DIGEST + 1)
  end
  if delta < -MAX or delta > MAX or more < 0 or more > MAX then
    return refuse('bad_request')
  end
  if delta < 0 and viewer.points + delta < 0 then
    return refuse('insufficient_points')
  end
  if not post(viewer, 'grant', ref, reason, delta, more, 0) then
    return refuse('bad_request')
  end
  local outcome = stands(viewer)
  grants:set(ref, digest .. outcome)
  return outcome
end}

-- boost: hundredths, milliseconds
entries.boost = {args = 2, keyed = all_ids, apply = function(arg)
  local factor, duration = tonumber(ARGV[arg]), tonumber(ARGV[arg + 1])
  if factor < 1 or factor > 1000000 or duration < 0 or duration > MAX - NOW then
    return refuse('bad_request')
  end
  room.boost, room.boost_until = factor, NOW + duration
  local words = ' ' .. int(factor) .. ' ' .. int(room.boost_until)
  notify('boosted' .. words .. '\n')
  return 'boosted' .. words
end}
