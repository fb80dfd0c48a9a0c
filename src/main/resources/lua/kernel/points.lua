-- Points and growth. A balance is the sum of the viewer's ledger:
--   field  class .. ' ' .. ref; a capped reason is its own class, with the day as ref
--   value  at delta growth base reason; base: points before multiplying, which the cap counts
-- and what multiplying leaves over is carried in units of 1/10000 point, so that nothing is rounded.

local carry = hash(KEY.carry) -- viewer .. '|' .. reason -> units not yet given
local grants = hash(KEY.grants) -- ref -> digest .. outcome
local posted = {} -- ledger lines that this batch adds to

-- In a room that may expire, whose viewers' ledgers are to expire with it, each is a text in one hash, of
-- so many lines at most: those of capped reasons, one a day. It becomes a ledger of its own when the room
-- is kept for good and its viewer's balance changes.
local ledgers = {brief = hash(keeping.brief), changed = {}, longest = 100}

-- The viewer's brief ledger; false when there is none.
function ledgers.brief_of(viewer)
  if viewer.brief == nil then
    local text = room.kept ~= '1' and ledgers.brief:of(viewer)
    viewer.brief = text and (lines.of_brief(text) or ledgers.brief:stop(viewer.id))
  end
  return viewer.brief
end

-- A line as it is kept; nothing when there is none.
function ledgers.find(viewer, field)
  local brief = ledgers.brief_of(viewer)
  if brief then
    return brief.values[field]
  elseif room.kept ~= '1' and room.kept ~= '2' then
    return nil
  end
  local found = read('HMGET', viewer.ledger, field, '#')
  if found[2] and not string.find(found[2], '^%d+$') then
    unreadable.stop(viewer.ledger, '#')
  end
  viewer.numbered = tonumber(found[2] or nil)
  return found[1]
end

-- Once for each line that changed.
function ledgers.put(viewer, field, value, is_new)
  local changes = viewer.changes
  if not changes then
    changes = {fields = {}, values = {}}
    viewer.changes = changes
    ledgers.changed[#ledgers.changed + 1] = viewer
  end
  changes.values[field] = value
  if is_new then
    changes.fields[#changes.fields + 1] = field
  end
end

-- Makes one line of the two oldest while there are too many.
function ledgers.shorten(brief)
  while #brief.fields > ledgers.longest do
    local sum = {0, 0}
    local at_ms
    for _ = 1, 2 do
      local field = table.remove(brief.fields, 1)
      local at_text, delta, more = string.match(brief.values[field], '^(%d+) (%-?%d+) (%-?%d+) ')
      at_ms, sum[1], sum[2] = at_text or NOW_TEXT, sum[1] + (delta or 0), sum[2] + (more or 0)
      brief.values[field] = nil
    end
    table.insert(brief.fields, 1, 'earlier -')
    brief.values['earlier -'] = at_ms .. ' ' .. int[sum[1]] .. ' ' .. int[sum[2]] .. ' 0 earlier'
  end
end

function ledgers.write_brief(viewer)
  local brief, texts = viewer.brief or {fields = {}, values = {}}, {}
  for i = 1, #viewer.changes.fields do
    brief.fields[#brief.fields + 1] = viewer.changes.fields[i]
  end
  for field, value in pairs(viewer.changes.values) do
    brief.values[field] = value
  end
  ledgers.shorten(brief)
  for i = 1, #brief.fields do
    texts[i] = brief.fields[i] .. '\t' .. brief.values[brief.fields[i]]
  end
  redis.call('HSET', keeping.brief, viewer.id, table.concat(texts, '\n'))
end

function ledgers.write_own(viewer)
  local changes, pairs_of = viewer.changes, {}
  local function add(field, value)
    pairs_of[#pairs_of + 1], pairs_of[#pairs_of + 2] = field, value
  end
  local count = viewer.numbered
  local function number(fields)
    for i = 1, #fields do
      count = count + 1
      add('#' .. int[count], fields[i])
    end
  end
  if viewer.brief then
    count = 0
    number(viewer.brief.fields)
    for field, value in pairs(viewer.brief.values) do
      add(field, value)
    end
    redis.call('HDEL', keeping.brief, viewer.id)
  elseif not count then
    count = redis.call('EXISTS', viewer.ledger) == 1 and lines.number(viewer.ledger) or 0
  end
  number(changes.fields)
  for field, value in pairs(changes.values) do
    add(field, value)
  end
  add('#', int[count])
  in_slices('HSET', viewer.ledger, pairs_of)
end

function ledgers.write()
  for i = 1, #ledgers.changed do
    local write = keeping.is_for_good() and ledgers.write_own or ledgers.write_brief
    write(ledgers.changed[i])
  end
end

local function boost_factor()
  return room.boost_until > NOW and room.boost or 100
end

local function line_of(viewer, class, ref, reason)
  local field = class .. ' ' .. ref
  viewer.lines = viewer.lines or {}
  local line = viewer.lines[field]
  if not line then
    line = {viewer = viewer, field = field, reason = reason, delta = 0, growth = 0, base = 0}
    line.kept = ledgers.find(viewer, field)
    if line.kept then
      local delta, more, base = string.match(line.kept, '^%d+ (%-?%d+) (%-?%d+) (%d+) ')
      if not delta then
        unreadable.stop(viewer.ledger, field)
      end
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

-- Points move between accounts, the viewers' and the room's, and all of them add up to zero: what no
-- other account of the room gave or took was issued.
finish(function()
  local issued = room.before_accounts and figures:number('points given') - figures:number('points taken') or 0
  for account, delta in pairs(posted.accounts or {}) do
    issued = issued + delta
    add_to('account ' .. account, delta)
  end
  for i = 1, #posted do
    local line = posted[i]
    issued = issued + line.posted
    if line.posted ~= 0 or line.grew ~= 0 then
      local viewer = line.viewer
      add_to(line.posted > 0 and 'points given' or 'points taken', math.abs(line.posted))
      notify('awarded ' .. viewer.id .. ' ' .. int[line.posted] .. ' ' .. int[viewer.points] .. ' '
        .. int[viewer.growth] .. ' ' .. #line.reason .. '\n' .. line.reason)
    end
  end
  add_to('account issued', -issued)
end)

local function write_points()
  local points, growth, n = {}, {}, 0
  for i = 1, #posted do
    local line = posted[i]
    local viewer = line.viewer
    ledgers.put(viewer, line.field, NOW_TEXT .. ' ' .. int[line.delta] .. ' '
      .. int[line.growth] .. ' ' .. int[line.base] .. ' ' .. line.reason, not line.kept)
    points[n + 1], points[n + 2] = viewer.id, int[viewer.points]
    growth[n + 1], growth[n + 2] = viewer.id, int[viewer.growth]
    n = n + 2
    if n == 1000 or i == #posted then -- unpack has a limit
      redis.call('HSET', KEY.points, unpack(points, 1, n))
      redis.call('HSET', KEY.growth, unpack(growth, 1, n))
      n = 0
    end
  end
  ledgers.write()
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
  muted_until(viewer) -- the outcome tells of it
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
