import CSyscalls
import NIOCore

/// How many processors this process may use, which is how many event loops are of use: one more
/// only takes turns with another.
enum UsableProcessors {
  /// The smaller of what the control group grants and what the affinity mask leaves.
  static var count: Int {
    let allowed = Int(gateway_usable_processors())
    return allowed > 0 ? min(System.coreCount, allowed) : System.coreCount
  }
}
