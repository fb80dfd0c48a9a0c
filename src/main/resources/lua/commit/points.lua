-- Points and growth. A balance is the sum of the viewer's ledger:
--   field  class .. ' ' .. ref; a capped reason is its own class, with the day as ref
--   value  at delta growth base reason; base: points before multiplying, which the cap counts
-- and what multiplying leaves over is carried in units of 1/10000 point, so that nothing is rounded.

local carry = hash(KEY.carry) -- viewer .. '|' .. reason -> units not yet given
local grants = hash(KEY.grants) -- ref -> digest .. outcome
local posted = {} -- ledger lines that this batch adds to

local function boost_factor()
  return room.boost_until > NOW and room.boost or 100
end

local function line_of(viewer, class, ref, reason)
  local field = class .. ' ' .. ref
  viewer.lines = viewer.lines or {}
  local line = viewer.lines[field]
  if not line then
    line = {viewer = viewer, field = field, reason = reason, delta = 0, growth = 0, base = 0}
    local kept = redis.call('HGET', viewer.ledger, field)
    if kept then
      local delta, more, base = string.match(kept, '^%d+ (%-?%d+) (%-?%d+) (%d+)')
      line.delta, line.growth, line.base = tonumber(delta), tonumber(more), tonumber(base)
    end
    viewer.lines[field] = line
  end
  return line
end

-- Adds to a balance and to the ledger line that accounts for it. False when numbers would not hold.
local function post(line, delta, more, base)
  local viewer = line.viewer
  local points, growth = viewer.points + delta, viewer.growth + more
  if points > MAX or points < -MAX or growth > MAX then
    return false
  end
  viewer.points, viewer.growth = points, growth
  line.delta, line.growth, line.base = line.delta + delta, line.growth + more, line.base + base
  if not line.posted then
    line.posted = 0
    line.grew = 0
    posted[#posted + 1] = line
  end
  line.posted = line.posted + delta
  line.grew = line.grew + more
  return true
end

-- Awards `times` what the terms {points, growth, cap} give, as often as fits under the day's cap.
-- Points and growth that came of it; `ref` is the day unless it is given.
local function award(viewer, reason, terms, times, ref)
  local base, more, cap = terms[1], terms[2], terms[3]
  local line = line_of(viewer, reason, ref or DAY, reason)
  if cap > 0 and base > 0 then
    times = math.min(times, math.floor((cap - line.base) / base))
  end
  local worth = times * base * TERMS.tiers[tier_of(viewer)][2] * boost_factor()
  if times <= 0 or worth > MAX - 10000 then
    return 0, 0
  end
  local rest = worth % 10000
  if rest > 0 then -- else what is carried stays as it is, and need not be read
    local field = viewer.id .. '|' .. reason
    worth = worth + carry:number(field)
    carry:set(field, int[worth % 10000])
  end
  local delta = math.floor(worth / 10000)
  if not post(line, delta, times * more, times * base) then
    return 0, 0
  end
  return delta, times * more
end

finish(function()
  for i = 1, #posted do
    local line = posted[i]
    if line.posted ~= 0 or line.grew ~= 0 then
      local viewer = line.viewer
      add_to(line.posted > 0 and 'points given' or 'points taken', math.abs(line.posted))
      notify('awarded ' .. viewer.id .. ' ' .. int[line.posted] .. ' ' .. int[viewer.points] .. ' '
        .. int[viewer.growth] .. ' ' .. #line.reason .. '\n' .. line.reason)
    end
  end
end)

local function write_points()
  local points, growth, n = {}, {}, 0
  for i = 1, #posted do
    local line = posted[i]
    local viewer = line.viewer
    redis.call('HSET', viewer.ledger, line.field, NOW_TEXT .. ' ' .. int[line.delta] .. ' '
      .. int[line.growth] .. ' ' .. int[line.base] .. ' ' .. line.reason)
    points[n + 1], points[n + 2] = viewer.id, int[viewer.points]
    growth[n + 1], growth[n + 2] = viewer.id, int[viewer.growth]
    n = n + 2
    if n == 1000 or i == #posted then -- unpack has a limit
      redis.call('HSET', KEY.points, unpack(points, 1, n))
      redis.call('HSET', KEY.growth, unpack(growth, 1, n))
      n = 0
    end
  end
end

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
  if not post(line_of(viewer, 'grant', ref, reason), delta, more, 0) then
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
  local words = ' ' .. int[factor] .. ' ' .. int[room.boost_until]
  notify('boosted' .. words .. '\n')
  return 'boosted' .. words
end}
