export const readyMade: { id: string; title: string; description: string; document: object }[] = []
