-- A lottery as it is kept, in two texts, and as JSON:
--   its terms, which never change:  entry seed, the numbers of RAFFLE, LF, JSON
--   how it stands:                  state, entries, hash of the entries (or -), LF, JSON of winners

local RAFFLE = {'locks', 'min_likes', 'min_tier', 'min_points', 'cost',
  'weight1', 'weight2', 'weight3', 'weight4'}

local function read_lottery(id, terms, standing)
  local lottery = {id = id}
  local words
  lottery.entry, lottery.seed, words, lottery.json =
    string.match(terms, '^(%S+) (%S+) ([^\n]*)\n(.*)$')
  local n = 0
  for number in string.gmatch(words, '%d+') do
    n = n + 1
    lottery[RAFFLE[n]] = tonumber(number)
  end
  local state, entries, hash, winners = string.match(standing, '^(%S+) (%d+) (%S+)\n(.*)$')
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
