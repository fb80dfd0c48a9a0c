-- Who joins is told of their newest orders, and of the lotteries they are in.

local TOLD = 20 -- Outcome.Stands.ORDERS

local function newest_orders(viewer, key)
  local ids = redis.call('LRANGE', key, -TOLD, -1)
  for _, id in ipairs(viewer.made or {}) do
    ids[#ids + 1] = id
  end
  local words = {}
  for i = #ids, math.max(1, #ids - TOLD + 1), -1 do
    words[#words + 1] = order_words(read_order(ids[i], orders:get(ids[i]))) .. ' '
  end
  return #words .. ' ' .. table.concat(words)
end

-- join: viewer, role and name, key of the list of the viewer's orders
entries.join = {args = 3, transient = true, apply = function(arg)
  local viewer, name = viewer_at(arg), ARGV[arg + 1]
  if names:get(viewer.id) ~= name then
    names:set(viewer.id, name)
  end
  local active, count = active_of(viewer)
  return stands(viewer, newest_orders(viewer, extra_key(arg + 2)) .. count .. ' ' .. active)
end}
