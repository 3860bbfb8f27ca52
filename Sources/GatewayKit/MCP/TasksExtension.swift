/// The extension that has the tasks of the modern era.
package enum TasksExtension {
  package static let name = "io.modelcontextprotocol/tasks"
}
