package barrage.activity;

import java.util.List;

/**
 * The part of an activity that runs in the store, in Lua: {@code lua/activity/<kind>/state.lua},
 * what is kept and how it is shown, and {@code commit.lua}, what is decided. Each returns a
 * function of the kernel and the module's keys; see {@code lua/kernel/modules.lua}.
 *
 * @param keys names of the module's keys: {@code votes} is {@code {room}:<kind>:votes}
 * @param needs kinds whose modules it calls; without a circle
 */
public record StoreModule(List<String> keys, List<String> needs) {
  public StoreModule {
    keys = List.copyOf(keys);
    needs = List.copyOf(needs);
  }
}
