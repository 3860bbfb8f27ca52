import Foundation
import Testing

@testable import AdminTUI

/// One screen of the console's drawings (`Drawings/`), and what of it a real screen must have too.
struct Drawing: Sendable, CustomTestStringConvertible {
  let id: String
  /// The size that its file is for.
  let columns: Int
  let lines: [String]

  var testDescription: String { "\(id) of \(columns) columns" }

  /// All of a file, in its order.
  static func all(columns: Int, rows: Int) -> [Drawing] {
    let path = "\(Stage.directory)/Drawings/\(columns)x\(rows).md"
    let sections = try! String(contentsOfFile: path, encoding: .utf8).components(
      separatedBy: "\n#### ")
    return sections.dropFirst().map { section in
      Drawing(
        id: String(section.prefix { $0 != " " }), columns: columns,
        lines: section.components(separatedBy: "```")[1].split(separator: "\n").map(String.init))
    }
  }

  /// What stands out of a screen: its panes, what is written into frames, the titles of columns, buttons,
  /// and the keys of the last line.
  static func parts(_ lines: [String]) -> Set<String> {
    Set(
      panes(lines).map { "pane \($0)" } + headings(lines).map { "heading \($0)" }
        + columns(lines).map { "column \($0)" } + buttons(lines).map { "button \($0)" }
        + keys(lines).map { "key \($0)" })
  }

  private static func panes(_ lines: [String]) -> [String] {
    (lines.first ?? "").matches(of: /\[?\d [A-Z][a-z]+\]?/).map { String($0.output) }
  }

  private static func headings(_ lines: [String]) -> [String] {
    lines.flatMap { line in
      line.matches(of: /[┌╔][─═]* ([^─═]+?) [─═┐╗]/).map {
        String($0.output.1).replacing(#/ +/#, with: " ")
      }
    }
  }

  /// The words of lines that have nothing but capitals between two edges of the same box.
  private static func columns(_ lines: [String]) -> [String] {
    lines.flatMap { line -> [String] in
      let parts = line.matches(of: /(?=[│█]([^│█║]+)[│█])|(?=║([^│█║]+)║)/).compactMap {
        $0.output.1 ?? $0.output.2
      }
      return parts.flatMap { part -> [String] in
        let words = part.split(separator: " ").map(String.init)
        let isHeader =
          words.contains { $0.filter(\.isUppercase).count >= 3 }
          && words.allSatisfy { $0.wholeMatch(of: /[A-Z0-9\/%▲▼]+m?/) != nil }
        return isHeader ? words : []
      }
    }
  }

  private static func buttons(_ lines: [String]) -> [String] {
    lines.flatMap { line in line.matches(of: /\[ ([^\[\]]+?) \]/).map { String($0.output.1) } }
  }

  /// Of `n new  Ctrl-S save  / filter`: `n`, `Ctrl-S`, `/`. Of help, all keys that it lists.
  private static func keys(_ lines: [String]) -> [String] {
    let last = lines.last { line in line.contains { $0 != " " } } ?? ""
    let words = last.components(separatedBy: "  ").compactMap { hint in
      hint.split(separator: " ").first.map(String.init)
    }
    return (words + (headings(lines).contains { $0.hasPrefix("Help") } ? listed(lines) : []))
      .filter { word in
        word.allSatisfy { "↑↓←→".contains($0) }
          || Key(named: word) != nil && !word.allSatisfy(\.isNumber)
      }
  }

  /// The words at the beginnings of the columns of a dialog, as far as they are short.
  private static func listed(_ lines: [String]) -> [String] {
    var words: [String] = []
    for line in lines {
      let parts = line.split(separator: "║", omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      for part in parts[1].split(separator: "  ") {
        let separators = part == "/" ? " " : " /"
        words += part.split { separators.contains($0) }.map(String.init)
      }
    }
    return words
  }
}
