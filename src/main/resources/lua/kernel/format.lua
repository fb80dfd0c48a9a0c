-- The format of what is kept of a room, in its head; absent: 1, before there were accounts of the room.
-- A room of a newer one is left alone: {now, the newest format that is known here} is returned.
local FORMAT = 2

