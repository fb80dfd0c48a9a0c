-- Red packets, as they are made, opened, drawn and brought to an end. Each step may be asked for twice:
-- several nodes see to what is due, and one may have died half-way.

return function(K, keys, M)
  local function named(thing)
    return ',"packet":"' .. thing.id .. '"'
  end

  local function open(thing)
    thing.state = 'open'
    K.event('opened', thing, ',"packet":' .. M.card(thing))
    K.due(thing, thing.ends)
    K.changed(thing)
  end

  -- Of a share that can be given.
  local function amount_of(thing, rank)
    local amount = M.amount(thing, rank)
    if not amount then
      K.hash(keys.amounts):stop(thing.id)
    end
    return amount
  end

  -- A viewer is given a share, in the step that notes it. False when their balance could not hold it.
  local function give(thing, viewer, rank, who)
    local amount = amount_of(thing, rank)
    local paid = K.pay(viewer, M.account(thing), amount, 'packet', thing.id)
    if not paid and thing.mode == 'grab' then
      return false
    end
    amount = paid and amount or 0
    M.takers(thing):set(viewer.id, int[rank] .. ' ' .. int[amount] .. ' ' .. who)
    thing.given, thing.paid = thing.given + 1, thing.paid + amount
    thing.entered = math.max(thing.entered, thing.given) -- in a grab to enter is to be given
    if amount > (thing.best_amount or 0) or amount == thing.best_amount and rank < thing.best_rank then
      thing.best, thing.best_amount, thing.best_rank = viewer.id, amount, rank
    end
    if paid then
      K.tell(viewer.id, '{"type":"packet.got","packet":"' .. thing.id .. '","amount":' .. int[amount] .. '}')
    end
    K.count(thing, 'left', M.counts(thing))
    return amount
  end

  -- What nobody took goes back to where it came from, in the step that ends the packet. The seed is told
  -- by `reveal`, once this lasts: a packet that a fail-over might open again must keep it.
  local function finish(thing, state, funder)
    local rest = thing.total - thing.paid
    if rest > 0 and not (funder and K.pay(funder, M.account(thing), rest, 'packet.return', thing.id)) then
      K.move(M.account(thing), 'issued', rest)
    end
    K.close(M.account(thing))
    thing.returned, thing.state = rest, state
    if thing.best then
      thing.best_json = '{"viewer":"' .. thing.best .. '","name":' .. K.text(K.name(thing.best))
        .. ',"amount":' .. int[thing.best_amount] .. '}'
    end
    K.due(thing, K.now)
    K.changed(thing)
  end

  -- Who paid for a packet, as an entry brings them: a viewer, or nothing when the points were issued.
  local function viewer_of(funder)
    return type(funder) == 'table' and funder or nil
  end

  local function is_funder(thing, funder)
    local viewer = viewer_of(funder)
    return (viewer and viewer.id) == thing.by
  end

  -- make: JSON of the terms, mode, split, points, shares, ms that it is open, ms until then, lowest tier
  --       (its rank, from 0), least points, least ms watched, 1 for who has spoken, who pays (a viewer or
  --       nothing); then id, seed, its commitment, the shares, how many packets may be under way
  function M.entries.make(terms, mode, split, total, count, enter_ms, opens_in_ms, min_tier, min_points,
    watched_ms, spoken, funder, id, seed, commitment, shares, most)
    local by = viewer_of(funder)
    local points, opens_in = tonumber(total), tonumber(opens_in_ms)
    if K.thing(id) then
      return nil, 'conflict'
    end
    local under_way = K.many(function(each)
      return not each.returned
    end)
    if under_way >= tonumber(most) then
      return nil, 'limit_reached'
    end
    local thing = {
      state = 'scheduled', terms = string.sub(terms, 2, -2), mode = mode, split = split,
      total = points, count = tonumber(count),
      opens = K.now + opens_in, ends = K.now + opens_in + tonumber(enter_ms),
      min_tier = tonumber(min_tier), min_points = tonumber(min_points),
      watched = tonumber(watched_ms), spoken = spoken == '1',
      by = by and by.id, seed = seed, commitment = commitment, entered = 0, given = 0, paid = 0,
    }
    if by and (by.points < points or not K.pay(by, 'packet:' .. id, -points, 'packet.fund', id)) then
      return nil, 'insufficient_points'
    end
    if not by then
      K.move('issued', 'packet:' .. id, points)
    end
    K.create(id, thing)
    K.hash(keys.amounts):set(id, shares)
    K.news(thing, '{"made":true}')
    if opens_in == 0 then
      open(thing)
    else
      K.event('scheduled', thing, ',"packet":' .. M.card(thing))
      K.due(thing, thing.opens)
    end
    return M.show(thing)
  end

  -- Why a viewer may not take part, as a code; nothing when they may.
  local function unfit(thing, viewer)
    if K.tier_of(viewer) <= thing.min_tier then
      return 'tier_required'
    elseif thing.min_points > 0 and viewer.points < thing.min_points then
      return 'insufficient_points'
    elseif thing.watched > 0 and K.watched(viewer) < thing.watched
      or thing.spoken and not K.has_spoken(viewer) then
      return 'not_eligible'
    end
  end

  -- open: packet, viewer, key of those who opened it, what the viewer is called in a proof, 1 for staff
  function M.entries.open(id, viewer, _, who, staff)
    local thing = staff ~= '1' and K.thing(id)
    if not thing then
      return nil, staff == '1' and 'forbidden' or 'not_found'
    end
    local grab = thing.mode == 'grab'
    local none_left = grab and thing.given == thing.count
    local is_closed = thing.state ~= 'scheduled' and thing.state ~= 'open' or K.now >= thing.ends
    if is_closed and not none_left then
      return nil, 'ended'
    elseif K.now < thing.opens then
      return nil, 'not_open', 0, thing.opens
    elseif M.takers(thing):of(viewer) then
      return nil, 'already_entered'
    elseif none_left then
      return nil, 'sold_out'
    end
    local reason = unfit(thing, viewer)
    if reason then
      return nil, reason
    end
    if thing.state == 'scheduled' then
      open(thing)
    end
    if not grab then
      M.takers(thing):set(viewer.id, '0 0 ' .. who)
      thing.entered = thing.entered + 1
      K.count(thing, 'left', M.counts(thing))
      return '{"entered":true,"who":"' .. who .. '"}'
    end
    local rank = thing.given + 1
    local amount = give(thing, viewer, rank, '-')
    if not amount then
      return nil, 'limit_reached'
    end
    K.news(thing, '{"taker":"' .. viewer.id .. '"}')
    if rank == thing.count then
      finish(thing, 'ended')
    end
    return '{"amount":' .. int[amount] .. ',"rank":' .. int[rank] .. '}'
  end

  function M.turn(thing)
    if thing.state == 'scheduled' and K.now >= thing.opens then
      open(thing)
    end
    if thing.state == 'open' and thing.mode == 'draw' and K.now >= thing.ends then
      thing.state = 'locked'
      K.changed(thing)
    end
  end

  -- lock: packet, entries, hash of them
  function M.entries.lock(id, entries, hash)
    local thing = K.thing(id)
    if thing and thing.hash == hash then
      return '{}'
    elseif not thing or thing.hash or thing.state ~= 'locked' or thing.entered ~= tonumber(entries) then
      return nil, 'wrong_state'
    end
    thing.hash = hash
    K.event('locked', thing, named(thing) .. ',"entries":' .. int[thing.entered] .. ',"entriesHash":"' .. hash .. '"')
    K.changed(thing)
    return '{}'
  end

  -- award: packet, viewer, key of those who opened it, hash of the entries, the rank that they drew
  function M.entries.award(id, viewer, _, hash, rank)
    local thing = K.thing(id)
    local text = thing and thing.hash == hash and M.takers(thing):of(viewer)
    local has, _, who = M.taker(text or '')
    if not has then
      return nil, 'wrong_state'
    end
    if has == 0 then
      if thing.state ~= 'locked' or tonumber(rank) > thing.count then
        return nil, 'wrong_state'
      end
      give(thing, viewer, tonumber(rank), who)
    end
    return '{}'
  end

  -- finish: packet, who paid for it or nothing
  function M.entries.finish(id, funder)
    local thing = K.thing(id)
    if not thing or not is_funder(thing, funder) then
      return nil, 'wrong_state'
    end
    if thing.returned then
      return '{}'
    end
    local is_drawn = thing.hash and thing.given == math.min(thing.count, thing.entered)
    local is_over = thing.mode == 'grab' and thing.state == 'open' and K.now >= thing.ends
    if not is_drawn and not is_over then
      return nil, 'wrong_state'
    end
    finish(thing, 'ended', viewer_of(funder))
    return '{}'
  end

  -- cancel: packet, who paid for it or nothing
  function M.entries.cancel(id, funder)
    local thing = K.thing(id)
    if not thing then
      return nil, 'not_found'
    end
    local is_closed = thing.state ~= 'scheduled' and thing.state ~= 'open' or K.now >= thing.ends
    if is_closed or thing.given > 0 or not is_funder(thing, funder) then
      return nil, 'wrong_state'
    end
    finish(thing, 'cancelled', viewer_of(funder))
    return M.show(thing)
  end

  -- reveal: packet
  function M.entries.reveal(id)
    local thing = K.thing(id)
    if thing and thing.returned and not thing.revealed then
      thing.revealed = true
      local rest = named(thing) .. ',"seed":"' .. thing.seed .. '"' .. M.result(thing)
      if thing.state == 'cancelled' then
        K.event('cancelled', thing, rest)
      else
        K.event('ended', thing, rest)
      end
      K.over(thing)
    end
    return '{}'
  end
end
