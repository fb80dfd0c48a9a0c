-- A lottery as it is kept, in two texts, and as JSON:
--   its terms, which never change:  entry seed, the numbers of RAFFLE, LF, JSON
--   how it stands:                  state, entries, hash of the entries (or -), LF, JSON of winners

local RAFFLE = {'locks', 'min_likes', 'min_tier', 'min_points', 'cost',
  'weight1', 'weight2', 'weight3', 'weight4'}

-- nil when it cannot be read.
local function read_lottery(id, terms, standing)
  local lottery = {id = id}
  local words
  lottery.entry, lottery.seed, words, lottery.json =
    string.match(terms or '', '^(%S+) (%S+) ([^\n]*)\n(.*)$')
  local n = 0
  for word in string.gmatch(words or '', '%S+') do
    n = n + 1
    lottery[RAFFLE[n] or 'more'] = string.find(word, '^%d+$') and tonumber(word)
  end
  for i = 1, #RAFFLE do
    if not lottery[RAFFLE[i]] then
      return nil
    end
  end
  local state, entries, hash, winners = string.match(standing or '', '^(%S+) (%d+) (%S+)\n(.*)$')
  if n ~= #RAFFLE or not unreadable.is_one_of('open locked drawn cancelled', state) or not unreadable.is_json_of(id, lottery.json)
    or winners ~= '' and not pcall(cjson.decode, winners) then
    return nil
  end
  lottery.state, lottery.entries = state, tonumber(entries)
  lottery.hash = hash ~= '-' and hash or nil
  lottery.winners = winners ~= '' and winners or nil
  return lottery
end

local function lottery_standing(lottery)
  return lottery.state .. ' ' .. int[lottery.entries] .. ' ' .. (lottery.hash or '-') .. '\n'
    .. (lottery.winners or '')
end

local function lottery_json(lottery)
  local over = lottery.state == 'drawn' or lottery.state == 'cancelled'
  return string.sub(lottery.json, 1, -2) .. ',"state":"' .. lottery.state .. '"'
    .. ',"entries":' .. int[lottery.entries]
    .. (lottery.hash and ',"entriesHash":"' .. lottery.hash .. '"' or '')
    .. (over and ',"seed":"' .. lottery.seed .. '"' or '')
    .. (lottery.winners and ',"winners":' .. lottery.winners or '') .. '}'
end
