-- Ballots: what is decided.

return function(K, keys, M)
  local gone = {} -- keys of ballots that are over, to be removed

  local function is_open(thing)
    return thing.state == 'open'
  end

  local function forget_viewers(thing)
    gone[#gone + 1] = K.key('votes:' .. thing.id)
  end

  -- terms, JSON with what is kept of a ballot but what is counted; most that may be open; id
  function M.entries.open(terms, most, id)
    if K.many(is_open) >= tonumber(most) then
      return nil, 'wrong_state'
    end
    local thing = cjson.decode(terms)
    thing.state, thing.voters, thing.counts = 'open', 0, {}
    for i = 1, #thing.options do
      thing.counts[i] = 0
    end
    thing.opensAt, thing.closesAt = K.now, K.now + thing.durationMs
    if not K.create(id, thing) then
      return nil, 'conflict'
    end
    K.due(thing, thing.closesAt)
    local shown = M.show(thing)
    K.event('opened', thing, ',"ballot":' .. shown)
    return shown
  end

  local function weight_of(thing, viewer)
    return thing.weights and thing.weights[K.tier_of(viewer)] or 1
  end

  -- Adds a vote's weight to its options, or takes it back.
  local function count(thing, options, weight)
    for option in string.gmatch(options, '%d+') do
      thing.counts[option + 1] = thing.counts[option + 1] + weight
    end
  end

  -- Why this viewer may not vote so; nothing when they may.
  local function refusal(thing, viewer, options, is_staff)
    if thing.state ~= 'open' or K.now >= thing.closesAt then
      return 'ended'
    elseif is_staff == '1' then
      return 'forbidden'
    elseif K.tier_of(viewer) < thing.minTier then
      return 'tier_required'
    elseif viewer.points < thing.minPoints then
      return 'insufficient_points'
    end
    local ticked = 0
    for option in string.gmatch(options, '%d+') do
      ticked = ticked + 1
      if tonumber(option) >= #thing.options then
        return 'bad_request'
      end
    end
    return ticked > thing.choices and 'bad_request' or nil
  end

  -- id, viewer, indices of the options with commas, whether of the staff; a receipt for a first vote
  function M.entries.vote(id, viewer, options, is_staff, fresh)
    local thing = K.thing(id)
    if not thing then
      return nil, 'not_found'
    end
    local why = refusal(thing, viewer, options, is_staff)
    if why then
      return nil, why
    end
    local votes = K.hash(K.key('votes:' .. id))
    local receipts = K.hash(K.key('receipts:' .. id))
    local receipt = votes:get(viewer.id)
    if receipt and not thing.change then
      return nil, 'already_entered'
    end
    local weight = weight_of(thing, viewer)
    if receipt then
      local before = receipts:get(receipt)
      count(thing, string.match(before, '^[%d,]+'), -tonumber(string.match(before, ' (%d+)$') or 1))
    else
      thing.voters = thing.voters + 1
      votes:set(viewer.id, fresh)
      if thing.points > 0 then
        K.award(viewer, 'ballot', thing.points, 0, thing.cap)
      end
    end
    count(thing, options, weight)
    receipts:set(receipt or fresh, options .. (thing.weights and ' ' .. K.int[weight] or ''))
    if thing.results == 'live' then
      K.count(thing, 'tally', M.tally(thing))
    end
    return '{"changed":' .. tostring(receipt and true or false) .. '}'
  end

  -- The receipt is kept beside its viewer nowhere but in `votes`, which ends with the ballot.
  function M.answers.vote(json, id, viewer, _, _, fresh)
    local thing = K.thing(id)
    local receipt = thing and thing.state == 'open' and K.hash(K.key('votes:' .. id)):get(viewer.id)
    return '{"receipt":"' .. (receipt or fresh) .. '",' .. string.sub(json, 2)
  end

  -- id, SHA-256 of all receipts, and the tally that they sum to. Since closesAt there are no more votes; if
  -- the tally is another, a primary took over that knows other votes, and they are to be read again.
  function M.entries.close(id, hash, tally)
    local thing = K.thing(id)
    if thing and thing.state == 'open' and K.now >= thing.closesAt then
      if tally ~= M.tally(thing) then
        return nil, 'wrong_state'
      end
      thing.state, thing.receiptsHash = 'closed', hash
      forget_viewers(thing)
      K.event('closed', thing, ',"ballot":"' .. id .. '"' .. M.tally(thing) .. ',"receiptsHash":"' .. hash
        .. '"')
      K.over(thing)
    end
    return '{}'
  end

  -- id
  function M.entries.cancel(id)
    local thing = K.thing(id)
    if not thing then
      return nil, 'not_found'
    elseif thing.state ~= 'open' or K.now >= thing.closesAt then
      return nil, 'wrong_state'
    end
    thing.state = 'cancelled'
    forget_viewers(thing)
    gone[#gone + 1] = K.key('receipts:' .. id)
    K.event('cancelled', thing, ',"ballot":"' .. id .. '"')
    K.over(thing)
    return M.show(thing)
  end

  -- The node closes it, which alone can hash.
  function M.turn() end

  function M.write()
    if #gone > 0 then
      redis.call('UNLINK', unpack(gone))
    end
  end
end
