/// The known name that a mistyped one most likely meant.
package enum NearestName {
  /// The nearest of `known` by edits (insert, delete, replace, swap of neighbours), ignoring case;
  /// nil when none is near. `limits.bodysize` finds by its last part what the whole would miss.
  package static func of(_ name: String, in known: [String]) -> String? {
    let wanted = Array(name.lowercased().utf8.prefix(64))
    let ranked = known.map { candidate in
      (candidate, distance(wanted, Array(candidate.lowercased().utf8)))
    }
    guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
    if best.1 <= max(2, wanted.count / 3) { return best.0 }
    return known.first { candidate in
      candidate.lowercased().split(separator: ".").contains { $0 == name.lowercased() }
    }
  }

  /// Optimal string alignment distance.
  package static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in 0..<left.count {
      var row = [i + 1]
      for j in 0..<right.count {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }
}
