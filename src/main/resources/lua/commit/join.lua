-- Who joins is told of their newest orders, and of the lotteries they are in.

local TOLD = 20 -- Outcome.Stands.ORDERS

local function newest_orders(viewer)
  local words, count = '', 0
  local id = last_orders:get(viewer.id) or '-'
  while id ~= '-' and count < TOLD do
    local order = read_order(id, orders:get(id))
    words, count = words .. id .. ' ' .. order_words(order) .. ' ', count + 1
    id = order.before
  end
  return count .. ' ' .. words
end

-- join: viewer, role and name
entries.join = {args = 2, transient = true, apply = function(arg)
  local viewer, name = viewer_at(arg), ARGV[arg + 1]
  if names:get(viewer.id) ~= name then
    names:set(viewer.id, name)
  end
  local active, count = active_of(viewer)
  return stands(viewer, newest_orders(viewer) .. count .. ' ' .. active)
end}
