package barrage.activity;

import java.util.List;

/**
 * The part of an activity that runs in the store, in Lua: {@code lua/activity/<kind>/<file>.lua},
 * each returning a function of the kernel and the module's keys (see {@code lua/kernel}).
 *
 * @param files in the order in which they are loaded
 * @param keys names of the module's keys: {@code votes} is {@code {room}:<kind>:votes}
 * @param needs kinds whose modules it calls; without a circle
 */
public record StoreModule(List<String> files, List<String> keys, List<String> needs) {
  public StoreModule {
    files = List.copyOf(files);
    keys = List.copyOf(keys);
    needs = List.copyOf(needs);
  }
}
