-- Who joins is told of their newest orders, and of the lotteries they are in. This decides nothing, so
-- what cannot be read is left out.

local TOLD = 20 -- Outcome.Stands.ORDERS

local function newest_orders(viewer)
  local words, count = '', 0
  local id = last_orders:get(viewer.id) or '-'
  while id ~= '-' and count < TOLD do
    local order = read_order(id, orders:get(id))
    if not order then
      unreadable.note(KEY.orders, id)
      break
    end
    words, count = words .. id .. ' ' .. order_words(order) .. ' ', count + 1
    id = order.before
  end
  return count .. ' ' .. words
end

-- join: viewer, role and name
entries.join = {args = 2, lasting = 'look', apply = function(arg)
  local viewer, name = viewers[tonumber(ARGV[arg])], ARGV[arg + 1]
  if viewer.unreadable then
    unreadable.note(viewer.unreadable, viewer.id)
  end
  local readable, till = unreadable.guard(muted_until, viewer)
  if string.match(name, '^%S+') ~= 'viewer' then
    keeping.on()
  end
  if names:get(viewer.id) ~= name then
    names:set(viewer.id, name)
  end
  local active, count = active_of(viewer)
  return stands(viewer, newest_orders(viewer) .. count .. ' ' .. active, readable and till or 0)
end}
