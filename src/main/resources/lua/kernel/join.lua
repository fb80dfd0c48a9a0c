-- Who joins is told of what is theirs. This decides nothing, so what cannot be read is left out.

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
  local theirs = ''
  for i = 1, #hooks.joined do
    theirs = theirs .. hooks.joined[i](viewer)
  end
  return stands(viewer, theirs, readable and till or 0)
end}
