-- Figures of the room, kept as things happen so that nobody has to count:
--   orders OF STATUS   how many orders are in a state, OF being a sale, or * and a currency
--   cents OF STATUS    what these are worth
--   points given, points taken
--   account NAME       points that lie in an account of the room; `issued` is what was given, below zero
--   currencies         that sales were in, each once
--   shows              the newest sales and lotteries, oldest first: a line `sale ID` or `lottery ID` each

local SHOWS_LISTED = 20

local figures = hash(KEY.figures)
local added = {} -- field -> by how much in this batch

local function add_to(field, by)
  added[field] = (added[field] or 0) + by
end

-- An order has become what it is; `was` is nil for a new one.
local function count_order(sale, amount, was, is)
  if was == is then
    return
  end
  local counts = sale.counts
  if not counts then
    counts = {}
    sale.counts = counts
  end
  if was then
    counts[was] = counts[was] or {0, 0}
    counts[was][1], counts[was][2] = counts[was][1] - 1, counts[was][2] - amount
  end
  counts[is] = counts[is] or {0, 0}
  counts[is][1], counts[is][2] = counts[is][1] + 1, counts[is][2] + amount
end

-- A batch may make thousands of orders: what they add up to is spelled out once.
local function add_orders_of(sale)
  for status, count in pairs(sale.counts or {}) do
    for _, of in ipairs({sale.id, '*' .. sale.currency}) do
      add_to('orders ' .. of .. ' ' .. status, count[1])
      add_to('cents ' .. of .. ' ' .. status, count[2])
    end
  end
end

local function list_show(kind, id)
  local lines = {}
  for line in string.gmatch(figures:get('shows') or '', '[^\n]+') do
    lines[#lines + 1] = line
  end
  lines[#lines + 1] = kind .. ' ' .. id
  figures:set('shows', table.concat(lines, '\n', math.max(1, #lines - SHOWS_LISTED + 1)))
end

local function list_currency(currency)
  local known = figures:get('currencies') or ''
  if not string.find(known, currency, 1, true) then
    figures:set('currencies', known .. currency .. ' ')
  end
end

local function write_figures()
  for field, by in pairs(added) do
    if by ~= 0 then
      local sum = redis.pcall('HINCRBY', KEY.figures, field, int[by])
      if type(sum) == 'table' then
        unreadable.note(KEY.figures, field) -- no number: what it counts goes on
      end
    end
  end
end
