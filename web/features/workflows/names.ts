import { createContext, useContext } from 'react'

/** What people call what stands in a workflow by its id: users, teams, installations. */
export const NamesContext = createContext<ReadonlyMap<string, string>>(new Map())

export function useNames(): ReadonlyMap<string, string> {
  return useContext(NamesContext)
}
