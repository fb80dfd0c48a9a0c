-- The epoch that has to begin now, or nil while the room's own goes on. One begins with a room; when
-- the store has fallen behind what a caller was told, for revisions that it would now give a second
-- time must not be taken for the first; when the caller comes from another primary, where a later
-- epoch had begun, and this one was never told that it is none any more; and when another Redis than
-- the one that kept the room has become the primary, for it may have fallen behind what somebody was
-- told who does not call. Epochs never go back: the later one has what is told last.
local function epoch_to_begin(now, epoch, rev, lineage, known_epoch, known_rev, known_lineage)
  if not epoch then
    return math.max(now, known_epoch + 1)
  elseif epoch < known_epoch or epoch == known_epoch and rev < known_rev
      or known_lineage ~= '' and known_lineage ~= (lineage or '') then
    return math.max(now, epoch + 1, known_epoch + 1)
  end
end
