/**
 * What is true whatever fails: clients that write down all they ask, a nemesis, and a checker that
 * goes through the history.
 */
package barrage.faults;
