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

local function read_numbers(into, names, text, from)
  local n = 0
  for number in string.gmatch(string.sub(text, from), '%d+') do
    n = n + 1
    into[names[n]] = tonumber(number)
  end
end

local function read_standing(sale, standing)
  local state, reason, from = string.match(standing, '^(%S+) (%S+) ()')
  sale.state, sale.reason = state, reason ~= '-' and reason or nil
  read_numbers(sale, STANDING, standing, from)
  return sale
end

local function read_sale(id, offer, standing)
  local cut = string.find(offer, '\n', 1, true)
  local sale = {id = id, json = string.sub(offer, cut + 1)}
  local from
  sale.currency, from = string.match(offer, '^(%S+) ()')
  read_numbers(sale, OFFERED, string.sub(offer, 1, cut), from)
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
