-- A sale as it is kept, in two texts, and as JSON:
--   its offer, which never changes:  currency, the numbers of OFFERED, LF, JSON
--   how it stands:                   state reason (or -), the numbers of STANDING

local OFFERED = {'opens', 'ends', 'releases', 'limit', 'min_tier', 'price', 'pay_ms', 'stock',
  'early1', 'early2', 'early3', 'early4'}
local STANDING = {
  'free', 'held', -- units left: for everyone, and for members until the release
  'reserved', 'paid',
  'early', -- units that may still be sold before the opening
  'orders', -- how many were ever made; they are numbered from 1
  'unwound', -- of a cancelled sale, how many of them have been seen to
  'opened', -- when sale.opened was last told
  'turn', -- when it is due next, 0 never
}

-- False when they are not exactly these.
local function read_numbers(into, names, text)
  local n = 0
  for word in string.gmatch(text, '%S+') do
    n = n + 1
    if not names[n] or not string.find(word, '^%d+$') then
      return false
    end
    into[names[n]] = tonumber(word)
  end
  return n == #names
end

-- nil when it cannot be read; so below.
local function read_standing(sale, standing)
  local state, reason, numbers = string.match(standing or '', '^(%S+) (%S+) (.*)$')
  if not unreadable.is_one_of('scheduled open ended', state) or not read_numbers(sale, STANDING, numbers) then
    return nil
  end
  sale.state, sale.reason = state, reason ~= '-' and reason or nil
  return sale
end

local function read_sale(id, offer, standing)
  local currency, numbers, json = string.match(offer or '', '^(%u%u%u) ([^\n]*)\n(.*)$')
  local sale = {id = id, json = json, currency = currency}
  if not currency or not read_numbers(sale, OFFERED, numbers) or not unreadable.is_json_of(id, json) then
    return nil
  end
  return read_standing(sale, standing)
end

local function sale_standing(sale)
  local words = {sale.state, sale.reason or '-'}
  for i = 1, #STANDING do
    words[i + 2] = int[sale[STANDING[i]]]
  end
  return table.concat(words, ' ')
end

local function sale_json(sale)
  return string.sub(sale.json, 1, -2) .. ',"state":"' .. sale.state .. '"'
    .. (sale.reason and ',"reason":"' .. sale.reason .. '"' or '')
    .. ',"available":' .. int[sale.free + sale.held] .. ',"heldForTier":' .. int[sale.held]
    .. ',"reserved":' .. int[sale.reserved] .. ',"paid":' .. int[sale.paid] .. '}'
end
