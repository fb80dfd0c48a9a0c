-- Ballots: what is kept of one, and how it is shown.
--
-- A thing has id, made, form, title, options, opensAt, closesAt, choices, change, results, minTier (1 for
-- the lowest), minPoints, weights (of each tier, or nothing), points, cap, state: open, closed or
-- cancelled; counts, a number for each option; voters; and receiptsHash once it is closed.
--
-- Keys of one ballot: `votes:ID`, viewer -> receipt, until it is closed or cancelled and no longer;
-- `receipts:ID`, receipt -> indices of the options, with commas, and the weight where votes have one.

return function(K, keys, M)
  local TIERS = {'regular', 'silver', 'gold', 'diamond'}

  local function numbers(list)
    local texts = {}
    for i = 1, #list do
      texts[i] = K.int[list[i]]
    end
    return '[' .. table.concat(texts, ',') .. ']'
  end

  -- What is published of how the votes stand.
  function M.tally(thing)
    return ',"counts":' .. numbers(thing.counts) .. ',"voters":' .. K.int[thing.voters]
  end

  -- While it is open only staff sees counts that are to be shown after.
  function M.show(thing, whole)
    local options = {}
    for i = 1, #thing.options do
      options[i] = K.text(thing.options[i])
    end
    local parts = {
      '{"id":"' .. thing.id .. '","form":"' .. thing.form .. '","title":' .. K.text(thing.title)
        .. ',"options":[' .. table.concat(options, ',') .. ']'
        .. ',"opensAt":' .. K.int[thing.opensAt] .. ',"closesAt":' .. K.int[thing.closesAt]
        .. ',"choices":' .. K.int[thing.choices] .. ',"change":' .. tostring(thing.change)
        .. ',"results":"' .. thing.results .. '","points":' .. K.int[thing.points]
        .. ',"state":"' .. thing.state .. '"',
    }
    if thing.minTier > 1 or thing.minPoints > 0 then
      parts[#parts + 1] = ',"conditions":{"minTier":"' .. TIERS[thing.minTier] .. '","minPoints":'
        .. K.int[thing.minPoints] .. '}'
    end
    if thing.weights then
      local weights = {}
      for tier = 1, 4 do
        weights[tier] = '"' .. TIERS[tier] .. '":' .. K.int[thing.weights[tier]]
      end
      parts[#parts + 1] = ',"weights":{' .. table.concat(weights, ',') .. '}'
    end
    if whole or thing.results == 'live' or thing.state == 'closed' then
      parts[#parts + 1] = M.tally(thing)
    end
    if thing.receiptsHash then
      parts[#parts + 1] = ',"receiptsHash":"' .. thing.receiptsHash .. '"'
    end
    return table.concat(parts) .. '}'
  end

  local function options_of(vote)
    return string.match(vote, '^[%d,]+')
  end

  -- What a viewer voted; nothing once it is closed, for then nobody knows any more.
  function M.mine(thing, viewer)
    local receipt = thing.state == 'open' and K.hash(K.key('votes:' .. thing.id)):get(viewer.id)
    local vote = receipt and K.hash(K.key('receipts:' .. thing.id)):get(receipt)
    return vote and '{"receipt":"' .. receipt .. '","options":[' .. options_of(vote) .. ']}'
  end

  M.reads = {
    -- {next cursor, receipt, vote, ...}, from a cursor on; 0 begins and ends.
    receipts = function(id, cursor)
      local page = redis.call('HSCAN', K.key('receipts:' .. id), cursor, 'COUNT', 1000)
      table.insert(page[2], 1, page[1])
      return page[2]
    end,
  }

  function M.audit(thing)
    local faults, counts, voters = {}, {}, 0
    local votes = redis.call('HLEN', K.key('votes:' .. thing.id))
    local receipts = redis.call('HGETALL', K.key('receipts:' .. thing.id))
    for i = 1, #thing.options do
      counts[i] = 0
    end
    for i = 2, #receipts, 2 do
      voters = voters + 1
      local weight = tonumber(string.match(receipts[i], ' (%d+)$') or 1)
      for option in string.gmatch(options_of(receipts[i]) or '', '%d+') do
        counts[option + 1] = (counts[option + 1] or 0) + weight
      end
    end
    if voters ~= thing.voters and thing.state ~= 'cancelled' then
      faults[#faults + 1] = thing.voters .. ' voters, but ' .. voters .. ' receipts'
    end
    if numbers(counts) ~= numbers(thing.counts) and thing.state ~= 'cancelled' then
      faults[#faults + 1] = 'counts ' .. numbers(thing.counts) .. ', but the receipts sum to '
        .. numbers(counts)
    end
    if votes ~= (thing.state == 'open' and voters or 0) then
      faults[#faults + 1] = thing.state .. ', and ' .. votes .. ' viewers are kept with their receipts'
    end
    return faults
  end
end
