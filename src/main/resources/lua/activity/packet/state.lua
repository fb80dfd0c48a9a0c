-- Red packets, as they are kept and shown. A packet is a thing with
--   state     scheduled, open, locked (a draw whose entries are closed), ended or cancelled
--   terms     JSON fields that never change: title, reward, count, mode, split, conditions
--   total     points in it, and count: shares that they are split into
--   opens     and ends: when it may be opened
--   by        the viewer who paid for it; false when the points were issued
--   entered   how many viewers have opened it; given: shares that are paid; paid: points of these
--   returned  points that went back when it was over; nil before
--   revealed  whether everybody was told that it is over, and its seed
-- Beside it are
--   amounts      packet -> its shares in the order in which they are given, four bytes each, big-endian
--   takers:ID    viewer -> rank of their share and its points, both 0 before they have one, and what
--                the viewer is called in the proof of a draw, or -
-- The points of a packet lie in the account packet:ID until they are paid or returned.

return function(K, keys, M)
  local SHARE = 4 -- bytes
  local TAKER = '^(%d+) (%d+) (%S+)$'

  function M.takers(thing)
    return K.hash(K.key('takers:' .. thing.id))
  end

  function M.account(thing)
    return 'packet:' .. thing.id
  end

  -- Rank, points and name of what is kept of a viewer; nothing when it cannot be read.
  function M.taker(text)
    local rank, amount, who = string.match(text, TAKER)
    return tonumber(rank), tonumber(amount), who
  end

  -- The points of a share; nil when what is kept of them is damaged.
  function M.amount(thing, rank)
    local shares = K.hash(keys.amounts):get(thing.id)
    if not shares or #shares ~= SHARE * thing.count then
      return nil
    end
    local a, b, c, d = string.byte(shares, SHARE * (rank - 1) + 1, SHARE * rank)
    return ((a * 256 + b) * 256 + c) * 256 + d
  end

  -- What is known of a packet from the start.
  function M.card(thing)
    return '{"id":"' .. thing.id .. '",' .. thing.terms .. ',"commitment":"' .. thing.commitment
      .. '","opensAt":' .. int[thing.opens] .. ',"endsAt":' .. int[thing.ends] .. '}'
  end

  -- How a packet came out, as JSON fields.
  function M.result(thing)
    return ',"claimed":' .. int[thing.paid] .. ',"returned":' .. int[thing.returned]
      .. ',"best":' .. (thing.best_json or 'null')
  end

  -- JSON fields of what changes while viewers take part.
  function M.counts(thing)
    return ',"left":' .. int[thing.count - thing.given] .. ',"entered":' .. int[thing.entered]
  end

  function M.show(thing)
    -- One that has ended is over for everybody when its seed is told.
    local state = thing.state
    if state == 'ended' and not thing.revealed then
      state = thing.mode == 'draw' and 'locked' or 'open'
    end
    return string.sub(M.card(thing), 1, -2) .. ',"state":"' .. state .. '"' .. M.counts(thing)
      .. (thing.hash and ',"entriesHash":"' .. thing.hash .. '"' or '')
      .. (thing.revealed and M.result(thing) .. ',"seed":"' .. thing.seed .. '"' or '') .. '}'
  end

  function M.mine(thing, viewer)
    local text = M.takers(thing):of(viewer)
    if not text then
      return nil
    end
    local rank, amount, who = M.taker(text)
    local share = rank and rank > 0 and '"amount":' .. int[amount] .. ',"rank":' .. int[rank]
    if thing.mode == 'grab' then
      return share and '{' .. share .. '}'
    end
    return '{"entered":true,"who":"' .. (who or '') .. '"' .. (share and ',' .. share or '') .. '}'
  end

  M.reads = M.reads or {}

  -- What is to be done next about a packet: finish, draw, reveal or nothing; who paid for it; its seed;
  -- how many shares; how many entered.
  function M.reads.stage(id)
    local thing = K.thing(id)
    if not thing then
      return {}
    end
    local step = ''
    if thing.returned then
      step = thing.revealed and '' or 'reveal'
    elseif thing.state == 'locked' then
      step = 'draw'
    elseif thing.state == 'open' and K.now >= thing.ends then
      step = 'finish'
    end
    return {step, thing.by or '', thing.seed, int[thing.count], int[thing.entered]}
  end

  -- What a proof is made of: whether the seed is told, commitment, seed, split, hash of the entries,
  -- the shares.
  function M.reads.proof(id)
    local thing = K.thing(id)
    if not thing then
      return {}
    end
    return {thing.revealed and '1' or '0', thing.commitment, thing.seed, thing.split,
      thing.hash or '', K.hash(keys.amounts):get(id) or ''}
  end

  -- A page of those who opened it: the cursor of the next one, then viewer, text, viewer, text …
  function M.reads.takers(key, cursor)
    local page = redis.call('HSCAN', key, cursor, 'COUNT', 1000)
    table.insert(page[2], 1, page[1])
    return page[2]
  end

  -- All who opened it; of a grab, which has no more of them than shares.
  function M.reads.viewers(key)
    return redis.call('HKEYS', key)
  end

  -- What does not agree.
  function M.audit(thing)
    local faults = {}
    local function must(holds, fault)
      if not holds then
        faults[#faults + 1] = fault
      end
    end
    local texts = redis.call('HVALS', K.key('takers:' .. thing.id))
    local paid, given, ranks = 0, 0, {}
    for i = 1, #texts do
      local rank, amount = M.taker(texts[i])
      if not rank then
        must(false, 'what is kept of a viewer cannot be read')
      elseif rank > 0 then
        must(not ranks[rank], 'share ' .. rank .. ' was given twice')
        -- What a balance could not hold was not paid.
        must(amount == M.amount(thing, rank) or amount == 0 and thing.mode == 'draw',
          'share ' .. rank .. ' is not what was paid for it')
        ranks[rank] = true
        given, paid = given + 1, paid + amount
      end
    end
    local sum = 0
    for rank = 1, thing.count do
      local amount = M.amount(thing, rank) or 0
      must(amount >= 1, 'share ' .. rank .. ' is below 1')
      -- While a draw is paid its winners may come in any order.
      must(ranks[rank] or rank > given or not thing.returned and thing.mode == 'draw',
        'share ' .. rank .. ' was passed over')
      sum = sum + amount
    end
    local lies = K.account(M.account(thing))
    must(sum == thing.total, 'its shares are not its points')
    must(#texts == thing.entered, #texts .. ' viewers opened it, not ' .. thing.entered)
    must(given == thing.given and paid == thing.paid, 'what was given is not what it says')
    must(thing.total == paid + (thing.returned or 0) + lies,
      thing.total .. ' points: ' .. paid .. ' claimed, ' .. (thing.returned or 0) .. ' returned, '
        .. lies .. ' left')
    must(not thing.returned or lies == 0, 'it is over and holds ' .. lies .. ' points')
    return faults
  end
end
