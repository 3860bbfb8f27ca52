/// A line of a file, as error texts name it: `gateway.json:12`.
public struct FilePlace: Sendable, Hashable, CustomStringConvertible {
  /// The file's path.
  public let file: String
  /// The line, counted from 1.
  public let line: Int

  public var description: String { "\(file):\(line)" }
}
